"""Look for what rules name. Each module builds one index over all detectors of its kind."""
