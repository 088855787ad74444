"""A process drawn as a Mermaid state diagram, in Chinese."""

from wenguo.policy.kinds import answer_in_words, kind_in_words
from wenguo.policy.pack import ANY, NEW, OPEN, Pack, Process, Step
from wenguo.policy.roads import Road, roads

# Signs that end or change a line of Mermaid, as Mermaid writes them.
ESCAPED = str.maketrans({sign: f"#{ord(sign)};" for sign in '#;:"<>{}[]()%\n'})


def diagram(pack: Pack, process: str) -> str:
    """The Mermaid text of the process of that name: its stages, and the steps with outcomes that join them.

    Steps that may be taken anywhere and move nothing are listed in a comment. Raises KeyError for an unknown process.
    """
    drawn = pack.processes[process]
    lines = [f"    state {_quoted(stage.label.says)} as {stage.key}" for stage in drawn.stages.values()]
    lines += [f"    {source} --> {target}: {label}" for (source, target), label in _arrows(pack, drawn).items()]
    lines += [f"    {stage.key} --> [*]" for stage in drawn.stages.values() if stage.type == "closed"]
    beside = [step.label.says for step in drawn.steps.values() if _wide(step) and _stays(drawn, step)]
    comment = [f"    %% 不改变阶段: {'、'.join(beside)}"] if beside else []
    return "\n".join(["stateDiagram-v2", *lines, *comment]) + "\n"


def _arrows(pack: Pack, process: Process) -> dict[tuple[str, str], str]:
    """The words on each arrow, by the stages it joins."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for road in roads(process):
        if not (_wide(road.step) and road.came_from == road.went_to):
            source = "[*]" if road.came_from == NEW else road.came_from
            arrows.setdefault((source, road.went_to), []).append(_label(pack, road))
    return {ends: " / ".join(dict.fromkeys(labels)) for ends, labels in arrows.items()}


def _label(pack: Pack, road: Road) -> str:
    """The step, for which cases alone, and what comes of it: a plain step's answer, else the outcome's name."""
    step, words = road.step, road.step.label.says
    if step.when:
        words += f"（{kind_in_words(pack, step.when, 'zh')}）"
    if len(step.then) > 1:
        words += f" · {answer_in_words(pack, step.by, road.outcome, 'zh') if step.by else road.outcome}"
    return words.translate(ESCAPED)


def _wide(step: Step) -> bool:
    return bool({OPEN, ANY}.intersection(step.at))


def _stays(process: Process, step: Step) -> bool:
    return all(road.came_from == road.went_to for road in roads(process) if road.step == step)


def _quoted(words: str) -> str:
    return f'"{words.translate(ESCAPED)}"'
