"""What the libraries are asked, and how: the transfer functions of every public op come from here."""
