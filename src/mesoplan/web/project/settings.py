"""Settings of the site. What an installation may choose comes from ``environment``."""

from __future__ import annotations

from pathlib import Path

from mesoplan.web import environment, languages

WEB = Path(__file__).resolve().parent.parent

DATA = environment.data_directory()
DEMONSTRATION = environment.is_demonstration()
SECRET_KEY = environment.secret_key("site")
DEBUG = False
ALLOWED_HOSTS = environment.hosts()
ASKS_SET_UP_CODE = environment.is_reached_from_outside()

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "mesoplan.web.project",
    "mesoplan.web.audit",
    "mesoplan.web.gestures",
    "mesoplan.web.accounts",
    "mesoplan.web.patients",
    "mesoplan.web.courses",
    "mesoplan.web.upkeep",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mesoplan.web.project.middleware.strict_content",
    "mesoplan.web.project.middleware.readable_text",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "mesoplan.web.accounts.gate.Gate",
]

ROOT_URLCONF = "mesoplan.web.project.urls"
WSGI_APPLICATION = "mesoplan.web.project.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mesoplan.web.project.context.site",
            ],
            "builtins": ["mesoplan.web.project.templatetags.words"],
        },
    }
]

DATABASES = {"default": environment.database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Counts wrong sign-ins; one count for all processes, so it lies in the database.
CACHES = {
    "default": {
        "BACKEND": "mesoplan.web.project.cache.CountingCache",
        "LOCATION": "cache",
        # More than a flood of wrong sign-ins within the lockout can push out.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# --- Sign-in ---
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
PASSWORD_LEAST_LENGTH = 12
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": PASSWORD_LEAST_LENGTH},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "today"
ACCOUNT_ADAPTER = "mesoplan.web.accounts.adapter.AccountAdapter"
MFA_ADAPTER = "mesoplan.web.accounts.adapter.SecondFactorAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
# Wrong PINs are counted for each browser session; the third ends it (accounts.lock).
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "20/5m/ip,5/15m/key",
    "unlock": "3/12h/key",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "mesoplan.web.accounts.forms.second_factor.CodeForm",
    "reauthenticate": "mesoplan.web.accounts.forms.second_factor.CodeAgainForm",
    "activate_totp": "mesoplan.web.accounts.forms.second_factor.NewSecondFactorForm",
}
MFA_TOTP_ISSUER = "Mesoplan"
# The code before and after the present one count too: clocks differ, and typing takes time.
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True

# --- Cookies and headers ---
SESSION_ENGINE = "mesoplan.web.accounts.sessions"
SESSION_COOKIE_NAME = "mesoplan"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = "mesoplan-form"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "mesoplan.web.project.failures.form_expired"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = environment.is_https()
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- Languages and time ---
LANGUAGE_CODE = languages.WRITTEN_IN
LOCALE_PATHS = [WEB / "locale"]
LANGUAGES = languages.translated(LOCALE_PATHS[0])
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Static files: one process serves them, from the package itself ---
STATIC_URL = "/static/"
STATICFILES_DIRS = [WEB / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

# --- Log lines say what failed and where, never about whom (tests/web/test_failures.py) ---
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "mesoplan.web.project.log.NobodyFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
