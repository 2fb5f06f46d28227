"""Settings of the site that Pelican builds; tags are services, categories severities."""

SITENAME = "Bench"
SITEURL = "https://status.acme.example"
TIMEZONE = "UTC"
DEFAULT_LANG = "en"
THEME = "theme"
THEME_STATIC_PATHS: list[str] = []
STATIC_PATHS: list[str] = []

ARTICLE_URL = ARTICLE_SAVE_AS = "incidents/{slug}.html"
TAG_URL = TAG_SAVE_AS = "services/{slug}.html"
MONTH_ARCHIVE_URL = MONTH_ARCHIVE_SAVE_AS = "history/{date:%Y-%m}.html"
CATEGORY_SAVE_AS = ""
AUTHOR_SAVE_AS = ""
DIRECT_TEMPLATES = ["index", "archives", "tags"]
ARCHIVES_SAVE_AS = "history.html"
TAGS_SAVE_AS = "services.html"

FEED_ALL_ATOM = "feed.atom"
TAG_FEED_ATOM = "services/{slug}/feed.atom"
CATEGORY_FEED_ATOM = None
TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_ATOM = None
AUTHOR_FEED_RSS = None
FEED_MAX_ITEMS = 50
WITH_FUTURE_DATES = True

CACHE_CONTENT = True
LOAD_CONTENT_CACHE = True
