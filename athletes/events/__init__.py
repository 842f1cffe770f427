"""What happened to athletes, for webhooks. Writers of all apps call `outbox.record_event`."""
