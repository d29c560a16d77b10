"""Small words for requests."""


def bearer(token: str = "ann:billing", **headers: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", **{name.replace("_", "-"): value for name, value in headers.items()}}


STAFF = bearer("sam:billing.operator")
JSON = {"Content-Type": "application/json"}
