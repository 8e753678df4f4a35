"""What the pages share: the experiment a user follows, its link, its recording, and its pictures."""
