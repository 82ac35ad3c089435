"""Train: one GAN on points, live."""

import streamlit as st

from playground.config import RunConfig
from playground.ui import controls, data_files, live, looks, share
from playground.ui.page_session import PageSession
from playground.ui.sweeps import around

looks.compact()
page = PageSession("train", RunConfig())
config = page.state.wanted
with st.sidebar:
    controls.recipes(page, config)
    controls.edit(page, config, below_dataset=data_files.offer_points)
    around.button(page.key("around"), config)
    share.button(page, config)
live.show(page)
