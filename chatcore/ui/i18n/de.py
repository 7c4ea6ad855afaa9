"""The interface in German, with the names of `en.py`."""

from chatcore.events import Ending
from chatcore.transfer.imports import Imported
from chatcore.ui.i18n.markup import plain

# The chat

TITLE = "Chat"
WELCOME = "Womit kann ich helfen?"
TAGLINE = "Die Unterhaltung bleibt in diesem Browser gespeichert."
TEMPORARY = (
    "Von diesem Chat wird nichts gespeichert. Er ist weg, sobald er verlassen, neu geladen oder der Tab "
    "geschlossen wird."
)
EXAMPLES = (
    "Erkläre mit einem kleinen Beispiel, wie eine Hashtabelle funktioniert",
    "Schreibe eine höfliche Erinnerung an eine unbezahlte Rechnung",
    "Vergleiche Bahn und Flugzeug für eine Reise von 600 km, als Tabelle",
    "Was beschreibt die Normalverteilung?",
)
PLACEHOLDER = "Nachricht"
STOP = "Antwort stoppen"
PAUSE = "Anhalten"
RESUME = "Weiter"
PAUSED = "Angehalten: Die Antwort entsteht im Hintergrund weiter."
PAUSED_AT_THE_END = "Angehalten: Die Antwort ist zu Ende."
JUMP_TO_THE_END = "Zum Ende"
WRITE_A_MESSAGE = "Nachricht schreiben"
PAUSE_OR_RESUME = "Anhalten oder weiter"
COPY_LAST_ANSWER = "Letzte Antwort kopieren"
KEYBOARD_SHORTCUTS = "Tastenkürzel"
SHORTCUT_DOES = "Funktion"
SHORTCUT_KEYS = "Tasten"
KEYS = {"alt": "Alt", "shift": "Umschalt", "escape": "Esc"}
ANSWER_BEGINS = "Die Antwort beginnt."
ANSWER_COMPLETE = "Die Antwort ist vollständig."
ANSWER_GOES_ON = "Mehr davon steht auf der Seite."
KEEP_CHAT = "Diesen Chat behalten"
UNDO = "Rückgängig"
EARLIER = "Frühere anzeigen"
QUEUED = "In der Warteschlange: wird gesendet, sobald die Antwort fertig ist"
HELD = "In der Warteschlange: wartet auf einen Klick, weil die Antwort davor fehlgeschlagen ist"
SEND_NOW = "Jetzt senden"
WITHDRAW = "Zurückziehen"
THINKING = "Denkt nach"
WAITING = "Wartet auf das erste Wort"
REASONING = "Gedankengang"
CONTINUE = "Fortsetzen"
REGENERATE = "Neu generieren"
RETRY = "Noch einmal"
PREVIOUS_VERSION = "Vorherige Version"
NEXT_VERSION = "Nächste Version"
COPY = "Kopieren"
COPIED = "Kopiert"
NOT_COPIED = "Der Browser hat das Kopieren nicht erlaubt."
GOOD_ANSWER = "Gute Antwort"
BAD_ANSWER = "Schlechte Antwort"
FEEDBACK_REASON = "Warum? (freiwillig)"
SAVE_REASON = "Speichern"
REGENERATE_WITH = "Mit anderem Modell oder als andere Persona neu erzeugen"
ANOTHER_MODEL = "Anderes Modell"
ANOTHER_PERSONA = "Andere Persona"
MORE_MODELS = "Weitere Modelle"
EDIT = "Bearbeiten"
EDITED_QUESTION = "Die Nachricht"
SEND_EDITED = "Senden"
CANCEL_EDIT = "Abbrechen"
NUMBERS = "Zahlen"
FACTS = {
    "first": "Zeit bis zum ersten Token",
    "overhead": "Davor in dieser App",
    "rate": "Tokens pro Sekunde",
    "in": "Tokens hinein",
    "out": "Tokens heraus",
    "reported": "Kosten laut Anbieter",
    "estimated": "Kosten, geschätzt",
}
ENDINGS = {
    Ending.STOPPED: "Diese Antwort wurde von Hand gestoppt.",
    Ending.LENGTH: "Abgeschnitten: Die Längengrenze ist erreicht.",
    Ending.FILTERED: "Der Inhaltsfilter des Anbieters hat diese Antwort beendet.",
    Ending.REFUSED: "Das Modell hat die Antwort abgelehnt.",
    Ending.FAILED: "Die Antwort ist fehlgeschlagen.",
    Ending.INTERRUPTED: "Unterbrochen: Der Server, der diese Antwort erzeugt hat, ist weg. "
    "Das ist der Teil, der gespeichert wurde.",
}
NOTHING_SAVED = "Unterbrochen, bevor die Antwort begann."
EMPTY_ANSWER = "Die Antwort ist leer."
IMAGE = "Angehängtes Bild"
NO_IMAGE = ":material/broken_image: Ein angehängtes Bild lässt sich nicht anzeigen."
LOOSE = {
    "temporary": "Temporärer Chat: wird nicht gespeichert.",
    "deleted": "In einem anderen Tab gelöscht: nur noch auf dieser Seite vorhanden.",
}
UNDONE = {
    "withdrawn": "Nachricht zurückgezogen.",
    "deleted": "{name} gelöscht.",
    "left": "Temporärer Chat geschlossen.",
    "imported": "{name} importiert.",
    "erased": "Nachricht gelöscht.",
    "saved": "{name} gespeichert.",
    "copied": "{name} kopiert.",
    "discarded": "Änderungen an {name} verworfen.",
}

# The storage

STORAGE = {
    "saved": "In diesem Browser gespeichert",
    "saving": "Wird gespeichert …",
    "failed": "Nicht gespeichert",
    "off": "Dieser Browser lässt die Seite nichts speichern. Der Chat läuft weiter, solange dieser Tab offen bleibt.",
    "full": "Der Speicher des Browsers ist voll. Der Chat läuft weiter, solange dieser Tab offen bleibt.",
    "unknown": "Der Browser hat nicht gespeichert. Der Chat läuft weiter, solange dieser Tab offen bleibt.",
}
DAMAGED = "Etwas in diesem Browser ließ sich nicht lesen. Es wurde beiseitegelegt, der Rest ist geladen."
NEWER = "Etwas stammt aus einer neueren Version dieser App. Es bleibt, wie es ist, der Rest ist geladen."
DOWNLOAD_UNREADABLE = "Herunterladen"
UNKNOWN_LINK = "Dieser Link öffnet einen Chat nur in dem Browser, der ihn hat, und in diesem ist er nicht."
DOWNLOAD_EVERYTHING = "Alles herunterladen"
DELETE_OLD = "Alte Chats löschen"
TRY_AGAIN = "Erneut versuchen"
NO_OTHER_CHAT = "Es gibt keinen anderen Chat."
ROOM = (
    "Was soll gelöscht werden? Was noch gebraucht werden könnte, besser zuerst exportieren; „Rückgängig“ bringt es "
    "zurück, solange dieser Tab offen ist."
)

# The list of chats

NEW_CHAT = "Neuer Chat"
TEMPORARY_CHAT = "Temporärer Chat"
SEARCH_CHATS = "Chats durchsuchen"
NOTHING_FOUND = "Kein Chat enthält diese Wörter."
SHOW_MORE = "Mehr anzeigen"
UNTITLED = "Ohne Titel"
PINNED = "Gepinnt"
DAYS = ("Heute", "Gestern", "Letzte 7 Tage", "Letzte 30 Tage")
MONTHS = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni"),
    *("Juli", "August", "September", "Oktober", "November", "Dezember"),
)
NEW_NAME = "Neuer Name"
RENAME = "Umbenennen"
PIN = "Pinnen"
UNPIN = "Lösen"
DELETE = "Löschen"
EXPORT = "Export"
IMPORT = "Import"
IMPORT_FROM = "Eine Datei dieser App, von ChatGPT (auch als Zip) oder von Open WebUI."
READING = "Wird gelesen …"
MANAGE_CHATS = "Chats verwalten"

# What the visitor wishes

SETTINGS = "Einstellungen"
LANGUAGE = "Sprache"
BROWSERS_LANGUAGE = "Die des Browsers"
MODEL_TITLES = "Neue Chats vom Modell benennen lassen"
MODEL_TITLES_HELP = "Nach der ersten Antwort wird das Modell mit einer kurzen Anfrage nach einem Titel gefragt."
SUMMARIES = "Zusammenfassen, was keinen Platz hat"
SUMMARIES_HELP = (
    "In einem Chat, der für das Modell zu lang ist, tritt an die Stelle der älteren Nachrichten eine Zusammenfassung, "
    "die das Modell selbst macht. Jede ist eine weitere Anfrage, mit der diese Nachrichten noch einmal gesendet werden."
)

# The model

MODEL = "Modell"
PROVIDER = "Anbieter"
NO_MODEL = "Modell wählen"
ANY_MODEL = "Auswählen oder einen Namen eingeben"
RELOAD_MODELS = "Modelle neu laden"
USE_MODEL = "Dieses Modell verwenden"
LOADING_MODELS = "Modelle werden abgefragt …"
NO_LIST = "Die Liste der Modelle kam nicht an; ein Name lässt sich trotzdem eingeben."
TAKES_IMAGES = "nimmt Bilder an"
TAKES_NO_IMAGES = "nimmt keine Bilder an"
UNKNOWN_MODEL = "Mehr ist über dieses Modell nicht bekannt."
KEEP = "Antwort bei OpenAI weiterlaufen lassen"
KEEP_HELP = (
    "OpenAI speichert die Antwort und führt sie fort, wenn die Verbindung oder dieser Server ausfällt. "
    "Danach wird sie wieder abgeholt. Bis zum ersten Wort dauert es länger."
)
OWN_KEY = "Eigener Schlüssel oder Server"
API_KEY = "API-Schlüssel"
BASE_URL = "Basis-URL"
NO_KEY_NEEDED = "Nicht nötig"
TEST_CONNECTION = "Verbindung testen"
TESTING = "Der Anbieter wird gefragt …"
FORGET_KEY = "Diesen Schlüssel vergessen"
REMEMBER = "Schlüssel in diesem Browser merken"
REMEMBER_HELP = (
    "Wer diesen Browser benutzt, und jede Erweiterung darin, kann den Schlüssel dann lesen. "
    "Sonst ist er vergessen, sobald dieser Tab geschlossen oder neu geladen wird."
)
KEY_REMEMBERED = (
    "Der eigene Schlüssel wird verwendet. Dieser Browser merkt ihn sich: Wer den Browser benutzt, kann ihn lesen."
)
KEY_IN_SESSION = (
    "Der eigene Schlüssel wird verwendet. Er ist vergessen, sobald dieser Tab geschlossen oder neu geladen wird."
)

# The pages

INSIGHTS = "Auswertung"
BACK_TO_CHAT = "Zurück zum Chat"
NO_INSIGHTS = (
    "Sobald ein Chat die erste Antwort hat, steht hier, wie bald Antworten kamen und wie schnell sie waren, wie viele "
    "Tokens sie brauchten, was sie kosteten und wie sie endeten. Das ergibt sich aus den gespeicherten Chats."
)
READING_CHATS = "Die Chats werden gelesen"
PERIOD = "Zeitraum"
PERIODS = {7: "7 Tage", 30: "30 Tage", 90: "90 Tage", 0: "Alles"}
"""By the days; 0 for no limit."""
WHICH_MODELS = "Modelle"
ALL_MODELS = "Alle Modelle"
NOTHING_IN_PERIOD = "In diesem Zeitraum gibt es keine Antwort."
ANSWERS = "Antworten"
TOKENS = "Tokens"
COST = "Kosten"
FIRST_WORD = "Zeit bis zum ersten Token"
MEDIAN_FIRST_WORD = "Zeit bis zum ersten Token (Median)"
SPEED = "Tokens pro Sekunde"
CHARTS_BY = "Diagramme"
BY = {"day": "Nach Tag", "model": "Nach Modell"}
DAY = "Tag"
SECONDS = "Sekunden"
DOLLARS = "US-Dollar"
MEDIAN = "Median"
NEARLY_ALL = "95 von 100 liegen darunter"
TOKENS_IN = "Eingabe"
TOKENS_OUT = "Ausgabe"
AS_TABLE = "Die Diagramme als Tabelle"
GROUP_COLUMNS = (
    *("Antworten", "Erstes Token, Median (s)", "Erstes Token, 95 von 100 darunter (s)", "Tokens/s, Median"),
    *("Tokens Eingabe", "Tokens Ausgabe", "Kosten (USD)"),
)
ENDED_HOW = "Wie Antworten endeten"
ENDING_NAMES = {
    Ending.COMPLETE: "Vollständig",
    Ending.STOPPED: "Angehalten",
    Ending.LENGTH: "Am Limit abgeschnitten",
    Ending.FILTERED: "Gefiltert",
    Ending.REFUSED: "Verweigert",
    Ending.FAILED: "Fehlgeschlagen",
    Ending.INTERRUPTED: "Unterbrochen",
}
ENDING = "Ende"
RATINGS = {True: "Gute Antwort", False: "Schlechte Antwort"}
ALL_ANSWERS = "Alle Antworten"
ANSWER_COLUMNS = (
    *(
        "Zeit",
        "Chat",
        "Anbieter",
        "Modell",
        "Ende",
        "Bewertung",
        "Erstes Token (s)",
        "Eigener Anteil (s)",
        "Gesamt (s)",
    ),
    *("Tokens/s", "Tokens Eingabe", "Tokens Ausgabe", "Kosten (USD)", "Kosten sind", "Zeichen"),
)
COST_IS = {True: "geschätzt", False: "gemeldet"}
ESTIMATED_COST = "Wo der Anbieter die Kosten einer Antwort nicht meldet, sind sie nach der Preisliste geschätzt."
EXPORT_CSV = "CSV exportieren"
UNKNOWN = "Unbekannt"
NOT_KNOWN = "Für diese Antworten nicht bekannt."

# What was sent

WHAT_WAS_SENT = "Was gesendet wurde"
CUT = "Die Nachrichten darüber wurden nicht gesendet: Sie passen nicht in das Kontextfenster des Modells."
CUT_SUMMARY = (
    "Die Nachrichten darüber wurden als Zusammenfassung gesendet: Sie passen nicht in das Kontextfenster des Modells."
)
SUMMARY_NOTE = "Diese Zusammenfassung stammt von einem Modell. Sie kann lückenhaft oder falsch sein."
NOT_NOTED = "Was für diese Antwort gesendet wurde, ist nicht festgehalten."
CHANGED_SINCE = (
    "Etwas von dem, was gesendet wurde, ist seitdem geändert oder gelöscht worden: Hier steht, was noch da ist."
)
NO_SYSTEM_PROMPT = "Es wurde kein Systemprompt gesendet."
SUMMARY_WENT = (
    "An ihrer Stelle ging eine Zusammenfassung mit, die ein Modell davon gemacht hat. "
    "Sie steht unten in der ersten Nachricht."
)
IMAGES_LEFT_OUT = "Bilder wurden weggelassen: Dieses Modell nimmt keine. Ihm wurde gesagt, dass es welche gab."
DELETED_SINCE = "Seitdem gelöscht"
ASKED_TO_GO_ON = "Die Bitte fortzufahren"
ROLES = {"system": "Systemprompt", "user": "Frage", "assistant": "Modell"}
LIMITS_LEFT = "Temperatur und Länge blieben dem Anbieter überlassen."

# Als wer der Chat antwortet

PERSONA = "Persona"
NO_PERSONA = "Keine Persona"
PERSONA_CHANGED = "Sie wurde seitdem geändert; dieser Chat geht mit ihr weiter, wie sie war."
PERSONA_GONE = "Sie ist nicht mehr unter den Personas; dieser Chat geht mit ihr weiter, wie sie war."
TAKE_NEW_PERSONA = "Die neue Fassung nehmen"
UNAPPLIED = {
    "model": "Ihr Modell {} antwortet hier nicht.",
    "temperature": "Ihre Temperatur bleibt ohne Wirkung: Das Modell nimmt keine an.",
    "limit": "Ihre Höchstzahl an Token bleibt ohne Wirkung: Das Modell nimmt keine an.",
}

# With something in them


def number(value: float, digits: int = 0) -> str:
    return f"{value:,.{digits}f}".translate({ord(","): ".", ord("."): ","})


def reading_chats(done: int, of: int) -> str:
    return f"{READING_CHATS}: {number(done)} von {number(of)}"


def dollars(amount: float) -> str:
    return f"{number(amount, 2 if amount >= 1 or not amount else 4)} $"


def seconds(milliseconds: float) -> str:
    return f"{number(milliseconds / 1000, 2)} s"


def unmeasured(count: int, of: int) -> str:
    return f"{number(count)} von {number(of)} Antworten ohne gemessene Zeiten: importiert, älter oder ohne Text."


def unpriced(count: int, of: int) -> str:
    return f"Von {number(count)} von {number(of)} sind die Kosten nicht bekannt."


def share(count: int, of: int) -> str:
    return f"{number(count)} ({number(100 * count / of)} %)"


def newest_answers(count: int, of: int) -> str:
    return f"Die neuesten {number(count)} von {number(of)}. Die Datei enthält alle."


def chart_alt(name: str, by: str) -> str:
    return f"{name}, {by[0].lower()}{by[1:]}. Dieselben Zahlen stehen in der Tabelle darunter."


def file_cut(shown: int, characters: int) -> str:
    return f"Die ersten {number(shown)} von {number(characters)} Zeichen."


def not_set_up(why: str) -> str:
    return f"Diese App ist nicht richtig eingerichtet. Wer sie betreibt, kann diese Einstellungen korrigieren:\n\n{why}"


def trying_again(seconds: int, attempt: int, attempts: int) -> str:
    when = f"neuer Versuch in {seconds} s" if seconds else "neuer Versuch"
    return f"{when}, {attempt} von {attempts}"


def version(at: int, count: int) -> str:
    return f"{at} von {count}"


def chats(count: int) -> str:
    return "1 Chat" if count == 1 else f"{count} Chats"


def personas(count: int) -> str:
    return "1 Persona" if count == 1 else f"{number(count)} Personas"


def more_found(count: int) -> str:
    return f"Und {count} weitere: ein Wort mehr hilft."


def used_of(used: str, of: str) -> str:
    return f"{used} von etwa {of} belegt"


def delete_chats(count: int, size: str) -> str:
    return f"{chats(count)} löschen, {size}"


def export_as(form: str) -> str:
    return f"Als {form}"


def export_all_as(form: str) -> str:
    return f"Alle als {form} exportieren"


def download_unread(count: int) -> str:
    return f"Nicht Lesbares herunterladen ({count})"


def holds(imported: Imported) -> str:
    """What is in a file that can be imported."""
    source = "dieser App" if imported.source == "this app" else imported.source
    held = f"{chats(len(imported.conversations))} mit {_messages(imported.messages)} von {source}."
    left_out = f" {_messages(imported.left_out)} ausgelassen: versteckt, leer, von einem Werkzeug oder noch wartend."
    return held + left_out if imported.left_out else held


def _messages(count: int) -> str:
    return "1 Nachricht" if count == 1 else f"{number(count)} Nachrichten"


def too_little_room(needed: str, free: str) -> str:
    return f"Das braucht {needed}; in diesem Browser sind etwa {free} frei."


def import_chats(count: int, newest: bool) -> str:
    """On the button; `newest` where there is no room for all of them."""
    if newest:
        return "Den neuesten Chat importieren" if count == 1 else f"Die neuesten {chats(count)} importieren"
    return f"{chats(count)} importieren"


def context(tokens: int) -> str:
    return f"{number(tokens)} Tokens Kontext"


def prices(for_input: float, for_output: float) -> str:
    return f"{number(for_input, 2)} $ Eingabe, {number(for_output, 2)} $ Ausgabe je Million Tokens"


def window(tokens: int) -> str:
    return f"Kontextfenster: {number(tokens)} Token" if tokens else "Das Kontextfenster des Modells ist nicht bekannt."


def tokens_sent(estimated: int, reported: int | None, several: bool) -> str:
    said = f"Gesendet: geschätzt etwa {number(estimated)} Token"
    if reported is None:
        return f"{said}."
    where = " in allen Anfragen zu dieser Antwort" if several else ""
    return f"{said}; vom Anbieter gezählt: {number(reported)}{where}."


def left_out(count: int, known: bool) -> str:
    one = count == 1
    if known:
        why = f"{'sie passte' if one else 'sie passten'} nicht in das Kontextfenster"
    else:
        why = f"laut Anbieter {'war' if one else 'waren'} sie zu viel für das Modell"
    return f"{count} {'Nachricht' if one else 'Nachrichten'} weggelassen: {why}"


def files_went(count: int) -> str:
    return f"Die Dateien von {'einer davon' if count == 1 else f'{count} davon'} gingen trotzdem mit."


def part_sent(at: int, role: str, tokens: int, excerpt: str) -> str:
    return f"{at} · **{role}** · {plain(excerpt)} :small[:gray[· {number(tokens)} Token]]"


def persona_from(name: str, source: str, persona_id: str) -> str:
    return f"{name} ({PERSONA_FROM[source]}, {persona_id})"


def as_it_was(name: str) -> str:
    return f"{name} (wie sie war)"


def limits_sent(temperature: float | None, limit: int) -> str:
    said = [] if temperature is None else [f"Temperatur {number(temperature, 2)}"]
    said += [f"höchstens {number(limit)} Token"] if limit else []
    return f"Angefragt mit {' und '.join(said)}." if said else LIMITS_LEFT


def takes_no_images(name: str) -> str:
    return f":material/hide_image: {plain(name)} nimmt keine Bilder an."


def images_refused(name: str) -> str:
    return f"{name} nimmt keine Bilder an. Ein anderes Modell wählen oder nur den Text senden."


def too_many_images(most: int) -> str:
    return f"Mit einer Nachricht können höchstens {most} Bilder mitgehen."


# Attachments and dictation

TRANSCRIBING = "Das Gesagte wird aufgeschrieben …"
CANCEL_SENDING = "Abbrechen"
NOT_SENT = (
    "Nicht gesendet: Ein anderer Chat wurde geöffnet, bevor die Dateien gelesen waren. "
    "Hier senden oder zu jenem Chat zurückgehen."
)
NO_DICTATION = "Dieser Anbieter kann nichts aufschreiben. Ein anderes Modell wählen oder die Nachricht tippen."


def about_tokens(count: int) -> str:
    return f"etwa {number(round(count, -2) if count >= 1000 else count)} Tokens"


def in_all(tokens: int) -> str:
    return f"Zusammen {about_tokens(tokens)}"


def remove_file(name: str) -> str:
    return f"{plain(name)} entfernen"


def too_many_files(most: int) -> str:
    return f"Höchstens {most} Dateien passen in eine Nachricht: Der Rest wurde weggelassen."


def too_long_to_hear(minutes: int) -> str:
    return f"Die Aufnahme ist zu lang: Höchstens {minutes} Minuten lassen sich auf einmal diktieren."


# The page of the personas

PERSONAS = "Personas"
PERSONAS_HELP = (
    "Eine Persona ist das, was dem Modell vor einer Unterhaltung gesagt wird, samt Grenzen und unter einem Namen. "
    "Ein Klick auf eine zeigt sie; dort lässt sie sich ausprobieren und in einem Chat verwenden."
)
SEARCH_PERSONAS = "Personas durchsuchen"
NEW_PERSONA = "Neue Persona"
EXPORT_ALL_PERSONAS = "Alle exportieren"
ALL_PERSONAS = "Alle Personas"
NO_PERSONA_FOUND = "Keine Persona enthält diese Wörter."
PERSONA_FROM = {"own": "eigene", "preset": "mitgeliefert", "shared": "vom Server"}
UNCHANGEABLE = {
    "preset": "Sie gehört zur App und lässt sich nicht ändern, aber duplizieren: Die Kopie ist frei änderbar.",
    "shared": "Wer den Server betreibt, verwaltet sie für alle Besucher. Ein Duplikat ist frei änderbar.",
}
USE_IN_NEW_CHAT = "In neuem Chat verwenden"
USE_SAVED = "Der Chat bekommt sie so, wie sie gespeichert ist."
DUPLICATE = "Duplizieren"
DELETE_PERSONA = "Löschen"
SHARE = "Teilen"
TRY_IT = "Ausprobieren"
EDIT_AS = {"form": "Formular", "json": "JSON"}
EDITOR = "Bearbeiten als"
PERSONA_AS_JSON = "Persona als JSON"
PERSONA_FIELDS = {
    "id": "ID",
    "name": "Name",
    "description": "Beschreibung",
    "systemPrompt": "System-Prompt",
    "temperature": "Temperatur",
    "maxTokens": "Höchstzahl Tokens",
    "model": "Modell",
    "personality.tone": "Ton",
    "personality.style": "Stil",
    "personality.formality": "Förmlichkeit",
}
PERSONA_PLACEHOLDERS = {
    "description": "Wofür sie da ist",
    "systemPrompt": "Was dem Modell vor der Unterhaltung gesagt wird",
    "model": "Das Modell des Chats",
    "personality.tone": "warm und geduldig",
    "personality.style": "kurze Absätze, je ein Beispiel",
    "personality.formality": "locker",
}
SAVE_PERSONA = "Speichern"
DISCARD_CHANGES = "Änderungen verwerfen"
UNSAVED_CHANGES = "Nicht gespeicherte Änderungen"
NOT_KEPT = "Der Text ist zu lang, um aufgehoben zu werden: Er geht beim Verlassen dieser Seite verloren."
NOT_READABLE = "Das JSON lässt sich nicht lesen, und das Formular wartet. Nichts davon geht verloren."
CHANGED_ELSEWHERE = "In einem anderen Tab geändert. Speichern ersetzt das durch den Inhalt von hier."
DELETED_ELSEWHERE = "In einem anderen Tab gelöscht. Speichern bringt sie zurück."
TAKE_THAT_ONE = "Den anderen Stand übernehmen"
PROMPT_SENT = "Was gesendet wird"
PROMPT_LATER = "Sobald an der Persona nichts mehr falsch ist, steht hier der genaue Prompt."


def to_be_solved(fields: list[str]) -> str:
    return f"Vor dem Speichern zu beheben: {', '.join(fields)}."


def whole_persona() -> str:
    return "das JSON"


def place(line: int, column: int) -> str:
    return f"Zeile {number(line)}, Spalte {number(column)}"


def reason(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


def unknown_fields(fields: list[tuple[str, str]]) -> str:
    said = [f"{name} (gemeint: {meant}?)" if meant else name for name, meant in fields]
    return f"Aufbewahrt, nicht verwendet: {', '.join(said)}."


def model_used(name: str) -> str:
    return f"Modell: {name}" if name else "Das Modell des Chats"


# Personas: trying one, files, and links

TRY_IT_HELP = (
    "Ein Testchat: Nichts davon wird gespeichert, und er endet, sobald diese Persona verlassen wird. "
    "Er kostet, was ein Chat kostet."
)
TRY_A_MESSAGE = "Nachricht ausprobieren"
START_OVER = "Von vorn"
SOLVE_FIRST = "Erst beheben, was an der Persona falsch ist: Dann lässt sie sich ausprobieren."
IMPORT_PERSONAS = "Personas importieren"
PERSONA_FILE = (
    "Eine JSON-Datei mit einer oder mehreren Personas. Gespeichert wird erst, nachdem der Inhalt hier zu sehen war."
)
PERSONA_FILE_WRONG = "Nichts wurde importiert: Erst muss das alles in der Datei berichtigt werden."
REPLACE_PERSONAS = "Vorhandene ersetzen"
REPLACE_PERSONAS_HELP = "Sonst kommt der Inhalt der Datei daneben, unter freier Kennung und freiem Namen."
NOTHING_TO_IMPORT = "Alles davon ist schon hier."
JSON_SCHEMA = "JSON-Schema"
SHARE_HELP = (
    "Wer diese Adresse öffnet, sieht die Persona und kann sie hinzufügen. Die Adresse enthält die Persona selbst: "
    "keinen Schlüssel, keinen Chat."
)
PERSONA_SENT = "Eine Persona aus einem Link"
PERSONA_LINK_WRONG = "Dieser Link bringt keine Persona, die sich hinzufügen lässt."
FROM_OTHERS = "Jemand anderes hat diese Persona geschrieben. Vor dem Hinzufügen lesen, was sie dem Modell sagt."
SENT_TO_MODEL = "Das geht vor jeder Unterhaltung an das Modell:"
MODEL_OF_CHAT = "Sie verwendet das Modell des Chats."
MAY_COST = "Was dieses Modell kostet, ist hier nicht bekannt: Seine Antworten können Geld kosten."
HAVE_ALREADY = "Sie ist schon hier."
ADD_PERSONA = "Persona hinzufügen"
ADD_AND_CHAT = "Hinzufügen und chatten"
CHAT_WITH_IT = "Damit chatten"
NOT_NOW = "Jetzt nicht"


def personas_in_file(names: list[str], more: int) -> str:
    rest = f" und {number(more)} weitere" if more else ""
    return f"{personas(len(names) + more)}: {', '.join(names)}{rest}"


def personas_against(new: int, same: int, other: int) -> str:
    parts = [f"{number(new)} neu"] if new else []
    parts += [f"{number(same)} wie hier"] if same else []
    parts += [f"{number(other)} mit anderem Inhalt unter einer vorhandenen Kennung"] if other else []
    return ", ".join(parts)


def more_problems(count: int) -> str:
    return f"Und {number(count)} weitere."


def not_in_link(fields: list[str]) -> str:
    return f"Nicht darin, weil diese App sie nicht kennt: {', '.join(fields)}"


def link_names_model(name: str) -> str:
    return f"Sie verlangt das Modell {name}, das Geld kosten kann. Wer sie öffnet, erfährt das."


def persona_limits(temperature: float, tokens: int) -> str:
    return f"Temperatur {number(temperature, 2).rstrip('0').rstrip(',')} · höchstens {number(tokens)} Tokens je Antwort"


def asks_for_model(name: str) -> str:
    return f"Sie verlangt das Modell {name}."


def persona_beside(name: str, persona_id: str) -> str:
    return f"Eine andere Persona hat diese Kennung oder einen ähnlichen Namen: Diese wird zu „{name}“ ({persona_id})."


# What the rest of the program says, by the English text. What stands in a place is put in; it may be in here itself.

SAID = {
    # Die Personas, die es von Anfang an gibt
    "General assistant": "Allgemeiner Assistent",
    "For questions of every kind: clear answers that say what is certain and what is not.": (
        "Für Fragen jeder Art: klare Antworten, die sagen, was sicher ist und was nicht."
    ),
    "Tutor": "Tutor",
    "Explains step by step and asks back. Cites the course material that it is given.": (
        "Erklärt Schritt für Schritt und fragt nach. Belegt mit dem Kursmaterial, das vorliegt."
    ),
    "Code reviewer": "Code-Gutachter",
    "Finds bugs, risks and what is hard to read in code, the gravest first.": (
        "Findet Fehler, Risiken und schwer Lesbares im Code, das Schwerste zuerst."
    ),
    "Writer": "Autor",
    "Drafts and edits texts: letters, articles, stories, applications.": (
        "Entwirft und überarbeitet Texte: Briefe, Artikel, Geschichten, Bewerbungen."
    ),
    "Translator": "Übersetzer",
    "Translates faithfully and naturally, and explains what has no equivalent.": (
        "Übersetzt treu und natürlich und erklärt, was keine Entsprechung hat."
    ),
    "Brief": "Knapp",
    "Answers in one to three sentences.": "Antwortet in ein bis drei Sätzen.",
    # Was an einer Persona falsch ist
    "a value is missing here": "hier fehlt ein Wert",
    "the name of a field in double quotes is missing here": (
        "hier fehlt der Name eines Feldes in doppelten Anführungszeichen"
    ),
    "a colon is missing here": "hier fehlt ein Doppelpunkt",
    "a comma is missing here": "hier fehlt ein Komma",
    "a text must end in its line: write a line end in it as \\n": (
        "ein Text muss in seiner Zeile enden: ein Zeilenende darin wird als \\n geschrieben"
    ),
    "the text that begins here has no end": "der Text, der hier beginnt, hat kein Ende",
    "nothing may follow after the last bracket": "nach der letzten Klammer darf nichts mehr kommen",
    "nothing follows after this comma": "nach diesem Komma kommt nichts",
    "this is no JSON": "das ist kein JSON",
    "there is nothing in it": "es steht nichts darin",
    "it stands there twice": "es steht zweimal da",
    "it is nested too deeply": "es ist zu tief verschachtelt",
    "it must be an object in braces": "es muss ein Objekt in geschweiften Klammern sein",
    "a key or an address does not belong in a persona": "ein Schlüssel oder eine Adresse gehört nicht in eine Persona",
    "it has half a character (a lone surrogate)": "es enthält ein halbes Zeichen (ein einzelnes Surrogat)",
    "it must be from 0 to 2": "es muss von 0 bis 2 sein",
    "it is missing": "es fehlt",
    "it must be text in quotes": "es muss ein Text in Anführungszeichen sein",
    "it must not be empty": "es darf nicht leer sein",
    "it must be a number": "es muss eine Zahl sein",
    "it must be a whole number": "es muss eine ganze Zahl sein",
    "it must have 1 to 64 letters A to Z, digits, - or _, and begin with a letter or digit": (
        "es muss 1 bis 64 Zeichen haben: Buchstaben A bis Z, Ziffern, - oder _, am Anfang Buchstabe oder Ziffer"
    ),
    "it can't be read": "es lässt sich nicht lesen",
    "it seems to have a key in it: keys don't belong in a persona": (
        "darin scheint ein Schlüssel zu stehen: Schlüssel gehören nicht in eine Persona"
    ),
    "it must be the name of a model: no address, no spaces": (
        "es muss der Name eines Modells sein: keine Adresse, keine Leerzeichen"
    ),
    "it must be from 1 to {most}": "es muss von 1 bis {most} sein",
    "it has {count} characters; at most {most} are read": "es hat {count} Zeichen; höchstens {most} werden gelesen",
    "it has {count} characters; at most {most} are taken": "es hat {count} Zeichen; höchstens {most} sind erlaubt",
    "the fields that are not known have more than {most} characters": (
        "die unbekannten Felder haben mehr als {most} Zeichen"
    ),
    "it has a character that can't be shown: U+{code} at place {place}": (
        "es enthält ein Zeichen, das sich nicht zeigen lässt: U+{code} an Stelle {place}"
    ),
    "it has a character that can't be shown in one line: U+{code} at place {place}": (
        "es enthält ein Zeichen, das sich nicht in einer Zeile zeigen lässt: U+{code} an Stelle {place}"
    ),
    # What providers do
    "The key was rejected by {host}.": "Der Schlüssel wurde von {host} abgelehnt.",
    "Not allowed: {host} does not let this key do that.": (
        "Nicht erlaubt: {host} lässt das mit diesem Schlüssel nicht zu."
    ),
    "Model or address not found at {host}.": "Modell oder Adresse bei {host} nicht gefunden.",
    "{host} no longer has this answer.": "{host} hat diese Antwort nicht mehr.",
    "Too long for this model: shorten the message or start a new conversation.": (
        "Zu lang für dieses Modell: die Nachricht kürzen oder eine neue Unterhaltung beginnen."
    ),
    "Out of credit: the account at {host} has nothing left to spend.": (
        "Guthaben aufgebraucht: Das Konto bei {host} hat nichts mehr auszugeben."
    ),
    "{host} did not accept the request (HTTP status {status}).": (
        "{host} hat die Anfrage nicht angenommen (HTTP-Status {status})."
    ),
    "The request cannot be sent: the key or the text holds characters that are not allowed there.": (
        "Die Anfrage lässt sich nicht senden: Der Schlüssel oder der Text enthält Zeichen, die dort nicht erlaubt sind."
    ),
    "{host} redirects to another address. That is blocked, and nothing was sent there.": (
        "{host} leitet an eine andere Adresse weiter. Das ist gesperrt, und dorthin wurde nichts gesendet."
    ),
    "This address is not a streaming chat API: {host}.": "Diese Adresse ist keine Chat-API mit Streaming: {host}.",
    "This address is not a streaming chat API, or the server behind it is down: {host}.": (
        "Diese Adresse ist keine Chat-API mit Streaming, oder der Server dahinter ist ausgefallen: {host}."
    ),
    "{host} is busy or has a problem of its own.": "{host} ist überlastet oder hat selbst ein Problem.",
    "{host} is busy: it limits how often this key may ask.": (
        "{host} ist überlastet: Es begrenzt, wie oft dieser Schlüssel fragen darf."
    ),
    "Cannot reach {host}.": "{host} ist nicht erreichbar.",
    "Cannot reach {host}: the connection was refused.": "{host} ist nicht erreichbar: Die Verbindung wurde abgelehnt.",
    "Cannot reach {host}: the name was not found, or the network is down.": (
        "{host} ist nicht erreichbar: Der Name wurde nicht gefunden, oder das Netz ist ausgefallen."
    ),
    "Cannot reach {host}: the secure connection (TLS) failed.": (
        "{host} ist nicht erreichbar: Die sichere Verbindung (TLS) kam nicht zustande."
    ),
    "Cannot reach {host}: no valid HTTP answer came.": (
        "{host} ist nicht erreichbar: Es kam keine gültige HTTP-Antwort."
    ),
    "{host} did not answer in time.": "{host} hat nicht rechtzeitig geantwortet.",
    "Connection lost: {host} did not finish the answer.": (
        "Verbindung verloren: {host} hat die Antwort nicht zu Ende gesendet."
    ),
    "The provider sent bad data ({host}).": "Der Anbieter hat fehlerhafte Daten gesendet ({host}).",
    "{host} reported an error while it answered.": "{host} hat beim Antworten einen Fehler gemeldet.",
    "{name} has been failing for a while, so it was not asked again. {when}": (
        "{name} ist seit einer Weile gestört und wurde deshalb nicht noch einmal gefragt. {when}"
    ),
    "It is being tried again now.": "Gerade läuft ein neuer Versuch.",
    "It will be tried again in {seconds} s.": "Der nächste Versuch ist in {seconds} s möglich.",
    "There is no key for {name} here. Enter one, or choose another.": (
        "Für {name} gibt es hier keinen Schlüssel. Einen eingeben oder einen anderen Anbieter wählen."
    ),
    "this provider": "diesen Anbieter",
    "The key for {name} was removed or replaced.": "Der Schlüssel für {name} wurde entfernt oder ersetzt.",
    "{host} has no list of models: type the model's name.": (
        "{host} hat keine Liste der Modelle: den Namen des Modells eingeben."
    ),
    "Other server": "Anderer Server",
    # How answers end
    "The answer took too long: it was cut off here.": (
        "Die Antwort hat zu lange gedauert: Sie wurde hier abgeschnitten."
    ),
    "The connection ended before the answer was finished: it may be incomplete.": (
        "Die Verbindung endete, bevor die Antwort fertig war: Sie ist vielleicht unvollständig."
    ),
    "{name} stopped sending: the rest of the answer did not come.": (
        "{name} sendet nicht mehr: Der Rest der Antwort kam nicht an."
    ),
    "The answer is too large: it was cut off here.": "Die Antwort ist zu groß: Sie wurde hier abgeschnitten.",
    "The provider ended the answer for an unusual reason: it may be incomplete.": (
        "Der Anbieter hat die Antwort aus einem ungewöhnlichen Grund beendet: Sie ist vielleicht unvollständig."
    ),
    "The server was shut down.": "Der Server wurde heruntergefahren.",
    "Something went wrong on this server while the answer was made.": (
        "Auf diesem Server ist etwas schiefgegangen, während die Antwort entstand."
    ),
    "The mock failed, as it was told to.": "Der Mock ist fehlgeschlagen, wie es verlangt war.",
    # What is given
    "This message has {count} characters; at most {most} can be sent. Please shorten it.": (
        "Diese Nachricht hat {count} Zeichen; höchstens {most} lassen sich senden. Bitte kürzen."
    ),
    "“{name}” has too many pixels: {most}.": "„{name}“ hat zu viele Pixel: {most}.",
    "at most {millions} million are taken": "höchstens {millions} Millionen sind möglich",
    "“{name}” can't be read as an image. JPEG, PNG, WebP and GIF are taken.": (
        "„{name}“ lässt sich nicht als Bild lesen. Möglich sind JPEG, PNG, WebP und GIF."
    ),
    "“{name}” is empty.": "„{name}“ ist leer.",
    "“{name}” is too large: at most {most} MB are taken.": "„{name}“ ist zu groß: Höchstens {most} MB sind möglich.",
    "“{name}” has no text in it.": "„{name}“ enthält keinen Text.",
    "“{name}” is an old or a locked Office file: save it as DOCX or PDF, without a password.": (
        "„{name}“ ist eine alte oder geschützte Office-Datei: bitte als DOCX oder PDF ohne Passwort speichern."
    ),
    "“{name}” can't be read: text, code, CSV, PDF, DOCX and images are taken.": (
        "„{name}“ lässt sich nicht lesen. Möglich sind Text, Code, CSV, PDF, DOCX und Bilder."
    ),
    "“{name}” has more than {most} characters of text. Attach only the part that matters.": (
        "„{name}“ hat mehr als {most} Zeichen Text. Bitte nur den Teil anhängen, auf den es ankommt."
    ),
    "“{name}” {why}": "„{name}“ {why}",
    "is locked with a password: save it without one, and attach it again.": (
        "ist mit einem Passwort geschützt: bitte ohne Passwort speichern und noch einmal anhängen."
    ),
    "has no text in it: it may be a scan. Attach its pages as images.": (
        "enthält keinen Text, vielleicht ist es ein Scan. Die Seiten lassen sich als Bilder anhängen."
    ),
    "has too many pages: at most {most} are read. Attach only the part that matters.": (
        "hat zu viele Seiten: Höchstens {most} werden gelesen. Bitte nur den Teil anhängen, auf den es ankommt."
    ),
    "holds too much when it is unpacked. Attach only the part that matters, or its text.": (
        "enthält entpackt zu viel. Bitte nur den Teil anhängen, auf den es ankommt, oder den Text."
    ),
    "is no Word document: text, code, CSV, PDF, DOCX and images are taken.": (
        "ist kein Word-Dokument. Möglich sind Text, Code, CSV, PDF, DOCX und Bilder."
    ),
    "is damaged, or made in a way that can't be read. Save it anew, or attach its text.": (
        "ist beschädigt oder lässt sich so nicht lesen. Bitte neu speichern oder den Text anhängen."
    ),
    "takes too long to read. Attach only the part that matters, or its text.": (
        "braucht zu lange zum Lesen. Bitte nur den Teil anhängen, auf den es ankommt, oder den Text."
    ),
    "At most {most} files can go with one message.": "Mit einer Nachricht können höchstens {most} Dateien mitgehen.",
    "The files have {count} characters of text together; at most {most} can go with one message. "
    "Leave one out, or send it with another message.": (
        "Die Dateien haben zusammen {count} Zeichen Text; höchstens {most} passen in eine Nachricht. "
        "Bitte eine weglassen oder mit einer anderen Nachricht senden."
    ),
    "The mock can't read this recording.": "Der Mock kann diese Aufnahme nicht lesen.",
    "No word was heard in the recording.": "In der Aufnahme war kein Wort zu hören.",
    "{name} can't transcribe.": "{name} kann nichts aufschreiben.",
    "Choose a model first: this provider does not say which one is to answer.": (
        "Zuerst ein Modell wählen: Dieser Anbieter sagt nicht, welches antworten soll."
    ),
    "The name of a model has 1 to {most} characters.": "Der Name eines Modells hat 1 bis {most} Zeichen.",
    "There is no key for this provider.": "Für diesen Anbieter gibt es keinen Schlüssel.",
    "This provider takes no key.": "Dieser Anbieter nimmt keinen Schlüssel.",
    "Enter your key for {name}.": "Bitte den Schlüssel für {name} eingeben.",
    "Enter the address of the server, for example http://localhost:8000/v1.": (
        "Bitte die Adresse des Servers eingeben, zum Beispiel http://localhost:8000/v1."
    ),
    "Works: {count} model{s}": "Funktioniert. Modelle: {count}",
    "The server answers. {but}": "Der Server antwortet. {but}",
    "The key must be plain ASCII without spaces: copy it once more, and nothing around it.": (
        "Der Schlüssel besteht aus ASCII-Zeichen ohne Leerzeichen: noch einmal kopieren, ohne etwas darum herum."
    ),
    "The key is too long: it may have {most} characters.": (
        "Der Schlüssel ist zu lang: Er hat höchstens {most} Zeichen."
    ),
    "The address is too long: it may have {most} characters.": (
        "Die Adresse ist zu lang: Sie hat höchstens {most} Zeichen."
    ),
    "The address must not hold a user name or password: the key has a field of its own.": (
        "Die Adresse darf keinen Benutzernamen und kein Passwort enthalten: Der Schlüssel hat ein eigenes Feld."
    ),
    "The address must not hold a query or a fragment: leave out what follows “?” or “#”.": (
        "Die Adresse darf keine Abfrage und kein Fragment enthalten: weglassen, was auf „?“ oder „#“ folgt."
    ),
    "The address must begin with http:// or https://, for example http://localhost:8000/v1.": (
        "Die Adresse muss mit http:// oder https:// beginnen, zum Beispiel http://localhost:8000/v1."
    ),
    "The address cannot be read: look for a missing bracket, a wrong port or a missing host name.": (
        "Die Adresse ist nicht lesbar: Fehlt eine Klammer oder der Hostname, oder stimmt der Port nicht?"
    ),
    # Files and storage
    "This file holds no chats that this app knows. Choose a complete export of it, of ChatGPT or of Open WebUI.": (
        "Diese Datei enthält keine Chats, die diese App kennt. Möglich sind vollständige Exporte von ihr, von ChatGPT "
        "oder von Open WebUI."
    ),
    "This file is damaged or not complete, so nothing of it was imported. Please export it again.": (
        "Diese Datei ist beschädigt oder unvollständig, deshalb wurde nichts importiert. Bitte noch einmal exportieren."
    ),
    "This file was written by a newer version of this app, so nothing of it was imported.": (
        "Diese Datei stammt aus einer neueren Version dieser App, deshalb wurde nichts importiert."
    ),
    "This file is too large: at most {most} MB, {chat} MB a chat, can be imported.": (
        "Diese Datei ist zu groß: Höchstens {most} MB, je Chat {chat} MB, lassen sich importieren."
    ),
    "This file holds too much: at most {chats} chats with {messages} messages can be imported.": (
        "Diese Datei enthält zu viel: Höchstens {chats} Chats mit {messages} Nachrichten lassen sich importieren."
    ),
    "A message in this file is too long: at most {most} characters can be imported.": (
        "Eine Nachricht in dieser Datei ist zu lang: Höchstens {most} Zeichen lassen sich importieren."
    ),
    "This zip file is locked with a password. Unpack it, and choose the conversations.json that is in it.": (
        "Diese Zip-Datei ist mit einem Passwort geschützt. Bitte entpacken und die conversations.json darin wählen."
    ),
    "It was stored by a newer version of this app.": "Es wurde von einer neueren Version dieser App gespeichert.",
    "It is not in the form that this app stores.": "Es hat nicht die Form, in der diese App speichert.",
    "It is cut off, or larger than this app stores.": "Es ist abgeschnitten oder größer, als diese App speichert.",
    "It is packed in a way that this app does not know.": "Es ist auf eine Art gepackt, die diese App nicht kennt.",
    "It is stored under the name of another value.": "Es ist unter dem Namen eines anderen Werts gespeichert.",
    "It is stored under the id of another chat.": "Es ist unter der Kennung eines anderen Chats gespeichert.",
    "The server's database can't be reached: your chats are kept in this browser meanwhile.": (
        "Die Datenbank des Servers ist nicht erreichbar: Die Chats bleiben solange in diesem Browser."
    ),
    # Personas of the visitor: ids, files and links
    "another persona has this id": "eine andere Persona hat diese Kennung",
    "another persona has a name that looks the same": "eine andere Persona hat einen Namen, der genauso aussieht",
    "another persona in this file has it": "eine andere Persona in dieser Datei hat sie schon",
    "another persona in this file has a name that looks the same": (
        "eine andere Persona in dieser Datei hat einen Namen, der genauso aussieht"
    ),
    "it was written by a newer version of this app": "sie stammt aus einer neueren Version dieser App",
    "it must be a list: [ … ]": "es muss eine Liste sein: [ … ]",
    "there is no persona in it": "es ist keine Persona darin",
    "it has {count} personas; at most {most} are taken": (
        "es sind {count} Personas darin; höchstens {most} werden übernommen"
    ),
    "it is not text in UTF-8 or UTF-16": "es ist kein Text in UTF-8 oder UTF-16",
    "it is too large: at most {most} MB are read": "sie ist zu groß: Höchstens {most} MB werden gelesen",
    "this link is damaged or not complete": "dieser Link ist beschädigt oder unvollständig",
    "this link is too long: at most {most} characters are read": (
        "dieser Link ist zu lang: Höchstens {most} Zeichen werden gelesen"
    ),
    "This persona is too long for a link: export it as a file.": (
        "Diese Persona ist zu lang für einen Link: als Datei exportieren."
    ),
    "A persona with this id was stored by a newer version of this app. Choose another id.": (
        "Eine Persona mit dieser Kennung stammt aus einer neueren Version dieser App. Bitte eine andere Kennung wählen."
    ),
    "This persona is no longer there.": "Diese Persona gibt es nicht mehr.",
    "“{field}” (line {line}, column {column}): {reason}.": "„{field}“ (Zeile {line}, Spalte {column}): {reason}.",
    "Line {line}, column {column}: {reason}.": "Zeile {line}, Spalte {column}: {reason}.",
    "“{field}”: {reason}.": "„{field}“: {reason}.",
    "This is no persona: {reason}.": "Das ist keine Persona: {reason}.",
    # Shared personas
    "the directory of the shared personas can't be read": (
        "das Verzeichnis der gemeinsamen Personas lässt sich nicht lesen"
    ),
    "it is not a regular file": "ist keine gewöhnliche Datei",
    "its file leads out of the directory of the shared personas": (
        "die Datei führt aus dem Verzeichnis der gemeinsamen Personas hinaus"
    ),
    "it is not a text file": "ist keine Textdatei",
    "it is too large: at most {most} characters are read": "ist zu groß: Höchstens {most} Zeichen werden gelesen",
    "at most {most} files are read: this one and those after it are left out": (
        "höchstens {most} Dateien werden gelesen: Diese und alle danach fehlen"
    ),
    "the file {file} has the same id": "die Datei {file} hat dieselbe Kennung",
    "no shared persona may have this id: it means something else to the server": (
        "keine gemeinsame Persona darf diese Kennung haben: Für den Server bedeutet sie etwas anderes"
    ),
    "another shared persona has this id, but for capital and small letters": (
        "eine andere gemeinsame Persona hat diese Kennung, nur mit anderer Groß- und Kleinschreibung"
    ),
    "there are {most} files of shared personas already": "es gibt schon {most} Dateien mit gemeinsamen Personas",
    "it is no text in UTF-8": "ist kein Text in UTF-8",
    "it must be the id that the address has": "muss die Kennung sein, die in der Adresse steht",
    "This persona can't be shared: {reason}.": "Diese Persona lässt sich nicht gemeinsam nutzen: {reason}.",
    "The directory of the shared personas can't be written: see CHAT_DATA_DIR.": (
        "Das Verzeichnis der gemeinsamen Personas lässt sich nicht beschreiben: siehe CHAT_DATA_DIR."
    ),
}
"""A text that is not in here is shown in English."""
