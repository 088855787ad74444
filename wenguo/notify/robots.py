"""Robots of group chats. Each takes a POST and says in the answer's body whether it took the message.

They answer 200 even when they refuse (too fast, a keyword is missing, a wrong signature), so only the number in the
body counts.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import quote_plus

from wenguo.notify.call import Answer, post
from wenguo.notify.failures import Failed


class Robot(NamedTuple):
    """`send` takes address, secret, text and id. `longest`: bytes that one message may have."""

    send: Callable[[str, str, str, str], Answer]
    longest: int


def wecom(address: str, secret: str, text: str, id: str) -> Answer:
    """企业微信 (developer.work.weixin.qq.com, 群机器人): the key stands in the address."""
    return _taken(_post(address, {"msgtype": "text", "text": {"content": text}}, id), "errcode")


def dingtalk(address: str, secret: str, text: str, id: str) -> Answer:
    """钉钉 (open.dingtalk.com, 自定义机器人): signs time and secret where 加签 is chosen there."""
    if secret:
        at = str(round(time.time() * 1000))
        sign = quote_plus(base64.b64encode(_hmac(secret, f"{at}\n{secret}")))
        address += f"{'&' if '?' in address else '?'}timestamp={at}&sign={sign}"
    return _taken(_post(address, {"msgtype": "text", "text": {"content": text}}, id), "errcode")


def feishu(address: str, secret: str, text: str, id: str) -> Answer:
    """飞书 (open.feishu.cn, 自定义机器人): there time and secret are the key, and nothing is the message."""
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
    if secret:
        at = str(round(time.time()))
        body |= {"timestamp": at, "sign": base64.b64encode(_hmac(f"{at}\n{secret}", "")).decode()}
    return _taken(_post(address, body, id), "code")


ROBOTS = {"wecom": Robot(wecom, 2000), "dingtalk": Robot(dingtalk, 6000), "feishu": Robot(feishu, 6000)}


def _hmac(key: str, text: str) -> bytes:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()


def _post(address: str, body: dict[str, Any], id: str) -> Answer:
    return post(address, json.dumps(body, ensure_ascii=False).encode(), {"X-Wenguo-Delivery": id})


def _taken(answer: Answer, key: str) -> Answer:
    """The answer, where its number `key` is 0. Raises Failed."""
    try:
        number = json.loads(answer.body)[key]
    except (ValueError, KeyError, TypeError, RecursionError) as slip:
        raise Failed("answer", told=answer.told) from slip
    if number != 0:
        raise Failed(f"answer {number}"[:40] if isinstance(number, int) else "answer", told=answer.told)
    return answer
