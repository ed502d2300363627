"""A fictitious year: the four files of interface.md §2, for any number of people.

    from lerarenkaart.fictitious import people, points
    points.write(folder / "afhaalpunten.csv", year=2027)
    people.write_personnel(folder / "personeel.csv", year=2027, people=22_000, seed=1)
    people.write_subscribers(folder / "abonnees.csv", people=22_000, seed=1)
    people.write_card_holders(folder / "kaarthouders.csv", people=22_000, seed=1)

The same numbers give the same bytes. Everything is streamed; nobody in it exists. The shares
(provinces, women, ways) are those of domain.md, so that the picture is like the real one.
"""
