"""Who is answered when: the worker of gunicorn, turns of requests, and the time that strangers may take."""
