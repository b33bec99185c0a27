"""Two people at the same moment, each on a connection of his own."""

import threading
from collections.abc import Callable

from django.db import connection, transaction

from dianliang.kernel.errors import DomainError

LONGEST_S = 20.0
REACHES_THE_OTHER_S = 0.4
"""So long the first waits with his commit for the second to come as far as he can."""
Act = Callable[[], object]


def while_open(first: Act, second: Act) -> list[DomainError | None]:
    """Do the second act while the first is done but not committed; return what each raised."""
    is_done = threading.Event()
    outcomes: list[DomainError | None] = [None, None]

    def lead() -> None:
        with transaction.atomic():
            first()
            is_done.set()
            other.join(REACHES_THE_OTHER_S)

    def follow() -> None:
        assert is_done.wait(LONGEST_S)
        second()

    def told(number: int, act: Act) -> None:
        try:
            act()
        except DomainError as refusal:
            outcomes[number] = refusal
        finally:
            is_done.set()
            connection.close()

    threads = [threading.Thread(target=told, args=pair) for pair in enumerate((lead, follow))]
    other = threads[1]
    for thread in reversed(threads):
        thread.start()
    for thread in threads:
        thread.join(LONGEST_S)
    return outcomes
