"""A utility's profile, `seeds/profiles/<code>/`: what it says otherwise than the seeds."""
