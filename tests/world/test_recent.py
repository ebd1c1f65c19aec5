from ecrmock.world.recent import Recent


def recent(*items: int) -> Recent[int]:
    made: Recent[int] = Recent(3)
    for item in items:
        made.append(item)
    return made


def test_only_the_last_items_are_kept() -> None:
    assert recent(1, 2, 3, 4).all() == (2, 3, 4)


def test_a_mark_brings_back_what_was_crowded_out() -> None:
    items = recent(1, 2, 3)
    mark = items.mark()
    for item in (4, 5, 6, 7):
        items.append(item)
    assert items.all() == (5, 6, 7)
    items.go_back(mark)
    assert items.all() == (1, 2, 3)


def test_a_mark_brings_back_what_was_cleared() -> None:
    items = recent(1, 2)
    mark = items.mark()
    items.clear()
    items.append(3)
    items.go_back(mark)
    assert items.all() == (1, 2)


def test_after_letting_go_no_more_than_the_last_are_kept() -> None:
    items = recent(1, 2, 3)
    items.mark()
    items.append(4)
    items.let_go()
    items.append(5)
    assert (items.all(), len(items._items)) == ((3, 4, 5), 3)
