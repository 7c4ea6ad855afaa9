"""What providers and models are called on the page."""

from chatcore.ui import i18n
from chatcore.ui.session import directory


def provider(provider_id: str) -> str:
    """The name of a provider in English, for `i18n.answers` and `i18n.said`; its id where it is not known here."""
    return next((offer.name for offer in directory().offers if offer.id == provider_id), provider_id)


def full(provider_id: str, model: str) -> str:
    """ "OpenAI · gpt-5": the provider and the model; once where both have the same name. Not escaped."""
    name = i18n.said(provider(provider_id))
    return name if name.lower() == model.lower() else " · ".join(filter(None, (name, model)))
