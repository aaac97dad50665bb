"""How a crawl runs: politely, safely, resumably, and published only when it is good."""
