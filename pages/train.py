"""Train: one GAN, live."""

import streamlit as st

from playground.ui import controls, live, looks, session

looks.compact()
session.begin()
config = session.wanted()
with st.sidebar:
    controls.recipes(config)
    controls.edit(config)
run = session.run(config)
live.show(run, config)
