"""An athlete's calendar as an iCalendar feed, which calendar programs subscribe to."""
