"""When a calendar is open, down to the microsecond; its face is :mod:`escalate.core.workcalendar`."""
