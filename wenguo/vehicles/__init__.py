"""The car: VIN, plate, model, mileage."""
