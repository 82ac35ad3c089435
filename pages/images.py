"""Images: one GAN on digits, live."""

import streamlit as st

from playground.recipes import RECIPES
from playground.ui import controls, data_files, live, looks, share
from playground.ui.page_session import PageSession
from playground.ui.sweeps import around

looks.compact()
# A row takes a classifier's look at a thousand images: measured less often, training keeps most of its speed.
page = PageSession("images", RECIPES["lecture"].config.replace(measure_every=300))
config = page.state.wanted
with st.sidebar:
    controls.recipes(page, config)
    data_files.offer(page, config)
    controls.edit(page, config)
    around.button(page.key("around"), config)
    share.button(page, config)
live.show(page)
