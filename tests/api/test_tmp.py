import json, pytest
from tests.api.calls import Program, INTAKE
from tests.people import at_stage
pytestmark = pytest.mark.usefixtures("database")
def test_x():
    p=Program()
    a=p.post("cases", INTAKE, idempotency_key="k1"); print(a.status_code,a.headers,json.dumps(a.json(),ensure_ascii=False,indent=1))
    a=p.get(f"cases/{a.json()['number']}/entries"); print(json.dumps(a.json(),ensure_ascii=False,indent=1))
    n="HZ-202611-0001"
    a=Program("bob").get(f"cases/{n}/steps"); print(json.dumps(a.json(),ensure_ascii=False)[:3000])
    a=p.upload(); print(a.status_code,a.content.decode())
    a=Program().get("openapi.json"); print(a.status_code,len(a.content), a.content.decode()[:300])
    print(p.get("nope").content.decode(), p.call("PUT","cases").content.decode())
