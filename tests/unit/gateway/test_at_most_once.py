"""Whatever calls do and wherever processes die: at most one captured charge for each key, and every doubt ends."""

from hypothesis import given, settings
from hypothesis import strategies as st

from core.contracts.payment_responses import PaymentFailed, PaymentSucceeded
from core.gateway.accept_charge import AcceptCharge
from core.gateway.charge_through_provider import ChargeThroughProvider
from core.gateway.model import JournalState
from tests.fakes.gateway import ORDER, Fate, FatefulProvider, InMemoryGatewayTx

ENDS = {JournalState.SUCCEEDED, JournalState.DECLINED, JournalState.NOT_ATTEMPTED, JournalState.MANUAL_REVIEW}
fates = st.lists(st.sampled_from(list(Fate)), max_size=20)
crashes = st.lists(st.sampled_from(["no", "no", "before the call", "after the call"]), max_size=20)


@settings(max_examples=1000, deadline=None)
@given(fates, crashes)
async def test_faults_and_crashes_in_any_order_never_charge_twice_and_always_end(
    fates: list[Fate], crashes: list[str]
) -> None:
    tx = InMemoryGatewayTx()
    provider = FatefulProvider(lambda: tx.now, fates)
    errand = ChargeThroughProvider(provider)  # type: ignore[arg-type]
    await AcceptCharge()(ORDER, tx)
    for _ in range(80):
        due = tx.charges.all()[0].progress.available_at
        if due is None:
            break
        tx.now = max(tx.now, due)
        [task] = await errand.claim(tx, 1)
        crash = crashes.pop(0) if crashes else "no"
        if crash == "before the call":
            continue
        outcome = await errand.perform(task)
        if crash == "no":
            await errand.record(task, outcome, tx)
    state = tx.charges.all()[0].progress.state
    assert state in ENDS
    assert len(provider.ledger) <= 1
    told = len(tx.outbox.of(PaymentSucceeded)) + len(tx.outbox.of(PaymentFailed))
    assert told == (state is not JournalState.MANUAL_REVIEW)
    if tx.outbox.of(PaymentFailed):
        assert provider.ledger == []
