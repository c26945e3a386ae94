"""Serves the built web client as a static web app would: files, fallback to the page, `/api` passed on to the app."""
