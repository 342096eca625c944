"""The sample clip, its truth and its regions: what `capture-daemon demo` plays."""
