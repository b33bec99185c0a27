"""A phone's camera for codes on paper and on screens."""

import zxingcpp
from PIL import Image


def scanned(picture: Image.Image) -> str:
    """Return the text of the one QR code on a picture.

    Barcodes of other formats are not looked for: their few bars appear in a dense code by chance.
    """
    (found,) = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    return found.text
