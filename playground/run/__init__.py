"""What a run is: its settings, what was changed on the way, its link, its data, its recording. No page in here."""
