"""Text messages, through whatever gateway the dealer has: one JSON body that fits none of them and is easy to turn
into that of any. Number and text go in the body, never into an address, which proxies would write down."""

import json

from wenguo.notify.call import Answer, post


def send(address: str, secret: str, mobile: str, text: str, id: str) -> Answer:
    """Sends {"id", "to", "text"}; `secret` goes as a bearer token. Any 2xx counts as taken. Raises Failed."""
    headers = {"X-Wenguo-Delivery": id} | ({"Authorization": f"Bearer {secret}"} if secret else {})
    return post(address, json.dumps({"id": id, "to": mobile, "text": text}, ensure_ascii=False).encode(), headers)
