"""What is left to be seen of a phone, a plate or a VIN by those whose work doesn't need the whole."""


def masked_phone(phone: str) -> str:
    """138****1234; of other numbers the last four digits stay, of short ones the last two."""
    if len(phone) == 11 and phone.startswith("1"):
        return f"{phone[:3]}****{phone[-4:]}"
    return f"****{phone[-4:] if len(phone) > 8 else phone[-2:]}" if phone else ""


def masked_plate(plate: str) -> str:
    """浙A1***5."""
    return f"{plate[:3]}***{plate[-1]}" if len(plate) > 4 else plate


def masked_vin(vin: str) -> str:
    """The last six signs, which the workshop goes by."""
    return f"…{vin[-6:]}" if len(vin) > 6 else vin


MASKS = {"phone": masked_phone, "plate": masked_plate, "vin": masked_vin}  # by kind of field
