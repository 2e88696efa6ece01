from flask import Blueprint

pages = Blueprint("pages", __name__)


@pages.get("/")
def home():
    return "<!doctype html><title>Make Chat</title><h1>Make Chat</h1>"
