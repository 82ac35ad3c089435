"""Recipes for data of one number: there all of a game fits into one picture, D and the D that it should be in it."""

from playground.recipes.recipe import Recipe

ONE_NUMBER_RECIPES: dict[str, Recipe] = {
    "one_normal": Recipe(
        "One normal",
        {"dataset": "normal_1d"},
        "Goodfellow et al. 2014, figure 1",
        "G finds the place within about 1,000 steps and D falls back to ½. Then neither rests: over 8 seeds the JSD is "
        "between 0.02 and 0.30 after 3,000 steps. Switch on D*(x) to see what D is after.",
        "After enough steps G's density is the data's, and D says ½ everywhere.",
        steps=3000,
    ),
    "two_normals": Recipe(
        "Two normals, D near D*",
        {"dataset": "two_normals_1d", "loss": "minimax", "k": 5, "lr_g": 3e-4, "lr_d": 3e-3},
        "Goodfellow et al. 2014, proposition 1",
        "Five updates of D for each of G's keep it on D*(x), the dashed curve: 0.02 to 0.05 apart on average after "
        "2,000 steps, in 8 of 8 seeds. Where G covers both normals the curves sink to ½; in some seeds it keeps one.",
        "For a fixed G the best D is p_data / (p_data + p_G).",
        steps=2000,
    ),
}
