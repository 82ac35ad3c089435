"""The numbers of the lectures: plain functions of NumPy and SciPy that anybody can import and check.

- `bits.py`: entropy, cross-entropy and code lengths of discrete distributions
- `rulers.py`: the JSD and the earth mover's distance of two parallel lines
- `by_hand.py`: one update of a discriminator, worked out by the chain rule
- `circles.py`: games of two numbers whose players go round in circles
- `divergences.py`: a Gaussian fitted to a mixture by many divergences
- `densities.py`: two densities on a line, their divergences, the best discriminator and the best critic
- `piles.py`: piles of earth, plans and what they cost
- `sampling.py`: what a discriminator makes of few points

The course is made of them: `course/` has a file for each lesson, `texts/` its words, `claims.py` what is claimed of its
runs.
"""
