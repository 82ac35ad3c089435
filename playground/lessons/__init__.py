"""The numbers of the lectures: plain functions of NumPy and SciPy that anybody can import and check.

- `bits.py`: entropy, cross-entropy and code lengths of discrete distributions
- `rulers.py`: the JSD and the earth mover's distance of two parallel lines
- `by_hand.py`: one update of a discriminator, worked out by the chain rule
- `circles.py`: games of two numbers whose players go round in circles
- `divergences.py`: a Gaussian fitted to a mixture by many divergences
- `opening.py`: what each lesson shows before anything is changed
"""
