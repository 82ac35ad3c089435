"""Two ways to be wrong: KL, reverse KL and JSD of two densities."""

from playground.lessons.lesson import Lesson, Text, Touch

LESSON = Lesson(
    "Two ways to be wrong",
    "What does a model pay for mass where there are no data, and for data where it has no mass?",
    10,
    (
        ("Lin 1991", "https://doi.org/10.1109/18.61115"),
        ("Goodfellow 2016, section 2.5", "https://arxiv.org/abs/1701.00160"),
    ),
    (Text("two"), Touch("fit"), Text("likelihood"), Touch("apart"), Text("limits")),
)
