"""Where the papers are that texts name by their authors and year, so that every source can be followed."""

import re

_ARXIV = "https://arxiv.org/abs/"

PAPERS: dict[str, str] = {
    "Arjovsky and Bottou 2017": f"{_ARXIV}1701.04862",
    "Arjovsky et al. 2017": f"{_ARXIV}1701.07875",
    "Brock et al. 2019": f"{_ARXIV}1809.11096",
    "Burda et al. 2016": f"{_ARXIV}1509.00519",
    "Chintala, Denton, Arjovsky and Mathieu 2016": "https://github.com/soumith/ganhacks",
    "Daskalakis et al. 2018": f"{_ARXIV}1711.00141",
    "Fedus et al. 2018": f"{_ARXIV}1710.08446",
    "Gidel et al. 2019": f"{_ARXIV}1802.10551",
    "Glorot and Bengio 2010": "https://proceedings.mlr.press/v9/glorot10a.html",
    "Goodfellow et al. 2014": f"{_ARXIV}1406.2661",
    "Grathwohl et al. 2019": f"{_ARXIV}1810.01367",
    "Gulrajani et al. 2017": f"{_ARXIV}1704.00028",
    "He et al. 2015": f"{_ARXIV}1502.01852",
    "Heusel et al. 2017": f"{_ARXIV}1706.08500",
    "Higgins et al. 2017": "https://openreview.net/forum?id=Sy2fzU9gl",
    "Hinton and Salakhutdinov 2006": "https://doi.org/10.1126/science.1127647",
    "Huang et al. 2024": f"{_ARXIV}2501.05441",
    "Jolicoeur-Martineau 2018": f"{_ARXIV}1807.00734",
    "Kahng et al. 2019": f"{_ARXIV}1809.01587",
    "Karras et al. 2018": f"{_ARXIV}1710.10196",
    "Kingma and Ba 2015": f"{_ARXIV}1412.6980",
    "Kingma and Welling 2013": f"{_ARXIV}1312.6114",
    "Lim and Ye 2017": f"{_ARXIV}1705.02894",
    "Lin et al. 2018": f"{_ARXIV}1712.04086",
    "Mao et al. 2016": f"{_ARXIV}1611.04076",
    "Mao et al. 2017": f"{_ARXIV}1611.04076",
    "Mescheder et al. 2017": f"{_ARXIV}1705.10461",
    "Mescheder et al. 2018": f"{_ARXIV}1801.04406",
    "Metz et al. 2016": f"{_ARXIV}1611.02163",
    "Metz et al. 2017": f"{_ARXIV}1611.02163",
    "Mirza and Osindero 2014": f"{_ARXIV}1411.1784",
    "Miyato et al. 2018": f"{_ARXIV}1802.05957",
    "Nowozin et al. 2016": f"{_ARXIV}1606.00709",
    "Odena et al. 2017": f"{_ARXIV}1610.09585",
    "Radford et al. 2015": f"{_ARXIV}1511.06434",
    "Rybkin et al. 2021": f"{_ARXIV}2006.13202",
    "Salimans et al. 2016": f"{_ARXIV}1606.03498",
    "Saxe et al. 2013": f"{_ARXIV}1312.6120",
    "Shrivastava et al. 2017": f"{_ARXIV}1612.07828",
    "Sinha et al. 2020": f"{_ARXIV}2002.06224",
    "Srivastava et al. 2017": f"{_ARXIV}1705.07761",
    "Sønderby et al. 2016": f"{_ARXIV}1610.04490",
    "Thanh-Tung et al. 2019": f"{_ARXIV}1902.03984",
    "Yazıcı et al. 2018": f"{_ARXIV}1806.04498",
}
"""By authors and year, as texts name them: "Metz et al. 2016", or "Metz et al. (2016)" within a sentence."""

_NAMED = re.compile("|".join(rf"{re.escape(name[:-4])}\(?{name[-4:]}\)?" for name in sorted(PAPERS, key=len)[::-1]))


def linked(text: str) -> str:
    """A text in Markdown with a link behind every paper that it names."""
    return _NAMED.sub(_link, text)


def _link(named: re.Match[str]) -> str:
    # A bracket that closes after the year is the sentence's own, unless one opens before the year.
    whole = named[0]
    told = whole if "(" in whole or not whole.endswith(")") else whole[:-1]
    return f"[{told}]({PAPERS[told.replace('(', '').replace(')', '')]}){whole[len(told) :]}"
