"""What a fit found goes in; tables, charts and a page come out.

First all that is shown is gathered as plain data (``analysis``, ``checks``), then it is rendered.
"""
