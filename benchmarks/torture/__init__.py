"""What a run must withstand: kills, failing disks, poisoned records, damaged bytes. ``make torture`` runs all of it."""
