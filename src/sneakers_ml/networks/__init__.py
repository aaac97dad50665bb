"""The stage `finetune`: networks that learn the brands and the likeness of sneakers from photos; torch lives here."""
