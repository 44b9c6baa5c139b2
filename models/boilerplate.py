r"""The boilerplate: what stands around an article and is no news.

Share buttons, notices of cookies, adverts for newsletters and apps, links to other articles,
credits, bylines. Whole lines are judged, each by one anchored expression, and the list of reporters
in brackets that ends a paragraph. In doubt a line stays: a quotation, one in which somebody says
something, one that goes on with the sentence of the line before. It takes time in proportion to
the length of the text, whatever is in it.
"""

import re
from collections.abc import Iterator
from functools import cache

Piece = tuple[int, int]

# Only a line that starts with one of these words, or with a digit, is looked at any further.
_LISTED_FIRST_WORDS = (
    "accept accepted acquire ad additional ads advertisement advertising afp agence agencies all "
    "allow already also anadolu ap apple april article associated aug august available back become "
    "bluesky bookmark by c check click close comment comments compiled continue cookie copied copy "
    "copyright create credit credits date day dec december decline developing do don download e "
    "edited editing editor email end enter epa facebook feb february file find first flipboard "
    "follow fri friday from full further get getty gift google graphic here image images instagram "
    "install issued jan january javascript join jul july jun june kakaotalk last latest leave like "
    "line link linkedin listen load log login manage mar march mastodon may messenger mon monday "
    "more most must newsletter not nov november oct october open opens our partner photo "
    "photograph photographs photos pic picture pictures pinterest please pocket post posted print "
    "privacy promoted published purchase read recommended reddit refresh register reject related "
    "report reported reporting reuters sat saturday save scroll see send sep sept september share "
    "show sign skip sms sponsored staff start story subscribe sun sunday support tap telegram "
    "terms text thank thanks this thomson threads thu thurs thursday tiktok top trending tue tues "
    "tuesday tweet twitter unsubscribe update updated updates via video videos view viewed watch "
    "we wechat wed wednesday whatsapp with words writing written x xinhua yonhap you your youtube"
)
_FIRST_WORDS = frozenset((*_LISTED_FIRST_WORDS.split(), *"0123456789"))
# The first word or digit of each line; a quotation mark before it means that somebody speaks.
_LINE_START = re.compile(r"\n[^\w\n\"']{0,12}(\d|[^\W_]{1,14})")
_LONGEST_LINE = 320
_LONGEST_LINK = 200
_LONGEST_CREDITS = 600
_MAX_LINKS = 12
# A line this long that ends in a letter, a digit or a comma goes on in the next.
_WRAPPED = 40
_DECORATION = " \t\u00a0*|[](){}<>#=_~-\u2022\u00b7\u25aa\u25b6\u25ba\u2192\u27a1\u00bb\u203a"

_SITE = (
    r"(?:facebook|twitter|x|whatsapp|linkedin|reddit|telegram|pinterest|instagram|youtube|tiktok|"
    r"threads|bluesky|mastodon|wechat|kakaotalk|line|flipboard|pocket|messenger|e-?mail|sms|"
    r"google news|apple news)"
)
_SITES = rf"{_SITE}(?:(?:,| \||/| /|,? and|,? or| &)? ?{_SITE}\b)*+"
_AGENCY = (
    r"(?:reuters|afp|ap|ap photo|getty|getty images|epa|epa-efe|xinhua|yonhap|anadolu|"
    r"associated press|agence france-presse)"
)
# Names, and the small words that stand between the names of a list.
_NAMES = (
    r"(?-i:(?:[A-Z@][\w.'@/-]*+|and|by|in|at|for|of|the|via|von|van|de|al|bin|"
    r"additional|further|reporting|writing|editing|graphics?|bureau|newsroom|staff)"
    r"(?:[,;:.|&/-]?(?: [/&|-])? (?:[A-Z@][\w.'@/-]*+|and|by|in|at|for|of|the|via|von|van|de|al|"
    r"bin|additional|further|reporting|writing|editing|graphics?|bureau|newsroom|staff)(?!\w))*+)"
)
_PERSON = (
    r"(?-i:[A-Z][\w.'-]*+(?: (?:[A-Z][\w.'-]*+|de|van|von|bin|al|del|la|der|di|da)(?!\w)){1,4}+)"
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b"
)
_DAY = r"(?:(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?\b\.?,?)"
_DATE = (
    rf"(?:{_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?|"
    rf"\d{{1,2}}(?:st|nd|rd|th)?[ -]{_MONTH}\.?(?:,? ?-?\d{{4}})?|"
    r"\d{4}-\d\d-\d\d|\d{1,2}[/.]\d{1,2}[/.]\d{4})"
)
_CLOCK = (
    r"(?:\d{1,2}(?:[:.]\d\d){1,2}(?: ?[ap]\.?m\b\.?)?|\d{1,2} ?[ap]\.?m\b\.?)"
    r"(?: ?\(?(?:gmt|utc|e[sd]?t|p[sd]?t|c[se]?t|cest|bst|kst|jst|ist|hkt|sgt|local time|"
    r"[+-]\d\d:?\d\d)\b\)?)*+"
)
_STAMP = r"(?:(?:first |last )?(?:published|posted|updated?|modified|issued)(?: (?:on|at))?:? )"
_WHEN = rf"(?:{_DATE}|{_CLOCK}|{_DAY})"
_AGO = r"\d{1,3} ?(?:min(?:ute)?|hour|hr|day|week|month)s? (?:ago|read|listen|watch)"
_AND_TERMS = r"(?: ?(?:[,|&]|and) ?(?:terms|cookie|privacy)[\w ]{0,30})*+"

# What is said in these is said to the reader.
_NOTICES = (
    # Newsletters, subscriptions, accounts.
    r"(?:sign up|subscribe|register|log ?in|sign in)(?: (?:now|here|today|for free))*",
    r"(?:sign up|register|subscribe) (?:to|for|here|now|today|and)\b.{0,150}(?:newsletters?|inbox|"
    r"briefings?|e-?mails?|digest|alerts?|unlimited|continue|reading|podcast|channel|access)\b.{0,120}",
    r"subscribe (?:to|for) (?:our|unlimited|full|more|the latest|just)\b.{0,100}",
    r"(?:get|receive) .{1,100}(?:newsletters?|your inbox|by e-?mail|e-?mail alerts)\b.{0,80}",
    r"newsletters?(?: sign ?-?up)?",
    r"(?:log ?in|sign in|register|create an? (?:free )?account) (?:or|to|with) (?:register|sign up|"
    r"subscribe|continue|read|comment|your account|access|unlock|view|save|google)\b.{0,80}",
    r"create an? (?:free )?account",
    r"(?:already|not) (?:an? |have an? )?(?:subscriber|member|registered|account|subscription)"
    r"(?: yet)?(?:\?.{0,60})?",
    r"this (?:article|story|content) is (?:only |exclusively )?"
    r"(?:for|available to|reserved for) (?:our |paying |registered |premium )?"
    r"(?:subscribers|members|users|readers)\b.{0,60}",
    r"you(?: have|'ve) (?:read|reached|used|viewed)\b.{0,40}(?:free|limit of|monthly)\b.{0,60}",
    r"you have \d+ (?:free )?(?:articles?|stories|story) (?:left|remaining)\b.{0,60}",
    r"(?:please )?enter (?:your|a valid) e-?mail\b.{0,60}",
    r"(?:your )?e-?mail address",
    r"thank(?:s| you) for (?:subscribing|signing up|registering|reading)\b.{0,60}",
    r"by (?:signing up|subscribing|registering|clicking|continuing|using|submitting|providing|"
    r"entering)\b.{0,120}\b(?:you|i) (?:agree|accept|consent|acknowledge|confirm)\b.{0,200}",
    r"(?:you can )?unsubscribe\b.{0,60}",
    r"become a (?:member|subscriber)(?: (?:now|today|to|and)\b.{0,60})?",
    r"support (?:our|independent|quality) journalism\b.{0,80}",
    # Cookies and consent.
    r"(?:we|this (?:web)?site|our (?:web)?site)(?: and our(?: \d+)? partners)?(?: may)? uses? "
    r"cookies\b.{0,240}",
    r"(?:accept|reject|allow|decline|manage)(?: all)?(?: and (?:close|continue))?"
    r"(?: (?:cookies|preferences|consent|settings|choices|options))?",
    r"(?:your |we value your |your choices on )?(?:cookies?|privacy)(?: (?:policy|settings|notice|"
    rf"preferences|statement|choices|rights))?{_AND_TERMS}",
    rf"terms (?:of|and|&) (?:use|service|conditions){_AND_TERMS}",
    r"do not sell(?: or share)? my (?:personal )?(?:information|data)",
    r"(?:please )?(?:enable|allow) (?:javascript|cookies)\b.{0,80}",
    r"javascript (?:is|must be) (?:disabled|required|enabled)\b.{0,80}",
    # Apps.
    r"(?:download|get|install) (?:the|our|this)(?: (?-i:[A-Z]\w+)){0,3} app"
    r"(?: (?:now|today|here|for|from|on|to)\b.{0,100})?",
    r"(?:get it on|download (?:it )?(?:on|from)|available (?:now )?(?:on|in|from)) (?:the )?"
    r"(?:apple |google )?(?:app store|play store|google play|ios|android)\b.{0,80}",
    r"(?:open|read|view|continue)(?: this| it)? in (?:the |our )?app",
    # Follow us.
    rf"(?:follow|like|find|join|add) (?:@\w+|[\w.' -]{{2,30}}) (?:on|at|via) (?:our )?{_SITES}"
    r"(?: (?:channel|page|group|at|for|to|and|@)\b.{0,80})?",
    rf"(?:join|subscribe to|follow) our {_SITE} (?:channel|group|page|account)\b.{{0,80}}",
    r"follow (?:us|@\w+)(?: (?:here|at|for)\b.{0,60})?",
    # The state of the page.
    r"this (?:article|story|post) (?:has been|was|will be|is being) (?:last |since |also )?"
    r"(?:updated|amended|corrected|edited|refiled|auto-generated|translated)\b.{0,200}",
    r"this (?:article|story|post) (?:was |has been )?(?:first|originally) "
    r"(?:published|appeared|posted|ran)\b.{0,150}",
    r"(?:this is a )?(?:developing|breaking)(?: news)? story\b.{0,100}",
    r"(?:more|updates?|further updates) (?:to follow|to come|will follow)",
    r"(?:please )?(?:check back|refresh)(?: (?:this|the) page)? (?:for|later|regularly)\b.{0,60}",
)
_FURNITURE = (
    # Buttons.
    rf"(?!x\b.?$){_SITES}",
    r"(?:share|tweet|post|print|e-?mail|save|bookmark|gift|copy|comments?|like)",
    r"(?:share|tweet|print|e-?mail|save|bookmark|gift|like) (?:this|the)(?: full)?"
    r"(?: (?:article|story|page|post|link|news|on|via|with))?(?: (?:now|for later|friends?))?",
    rf"(?:click (?:here )?to )?(?:share|tweet|post|send|e-?mail)(?: (?:this|it))?"
    rf"(?: (?:article|story|page|post))? (?:on|via|to|by|in|with) (?:{_SITES}|an? friend)"
    r"(?: \(?opens in (?:a )?new window)?",
    r"(?:copy|copied)(?: the| this)? (?:link|url|to clipboard)(?: to clipboard)?",
    r"link copied(?: to clipboard)?|save for later|\d* ?(?:comments?|shares?)",
    r"(?:leave|post|add) a comment|(?:show|view|see|read)(?: all)?(?: \d+)? comments",
    # Advertisements.
    r"(?:start of |end of |close |skip )?(?:advertisements?|advertising|ads?)(?: feedback)?",
    r"(?:sponsored|promoted|partner)(?: (?:content|post|links?|stories|message))?",
    r"(?:advertisement ?[-:|]? ?)?(?:story|article) continues (?:below|after)\b.{0,40}",
    r"(?:scroll|click|tap)(?: down)? (?:here )?(?:to|for) (?:continue|read|expand|see|view|more|"
    r"subscribe)\b.{0,60}",
    r"continue reading(?: (?:below|the main story|this article|the story|in the app))?",
    r"skip to (?:main )?(?:content|comments|navigation)|load more|show more|see more|view more",
    r"back to (?:top|home|homepage)|click here",
    # Links to other articles.
    r"(?:also read|read also|read more|read next|read|must[- ]read|further reading|see also|"
    r"don't miss|watch(?: (?:now|live|also|more))?|listen(?: (?:now|to this (?:article|story)))?|"
    r"more on this(?: story)?|you may (?:also )?like|you might (?:also )?like|"
    r"recommended(?: (?:stories|articles|reading|for you))?|trending(?: (?:now|stories|news))?|"
    r"most (?:read|popular|viewed)|top stories|latest (?:news|stories|headlines)|"
    r"editor'?s'? picks?|related(?: (?:articles?|stories|story|news|coverage|content|links?|"
    r"topics?|videos?|posts?|reading))?|more (?:news|stories|headlines|coverage))"
    r"(?: ?[:|>\u00bb].{0,200})?",
    r"read (?:more|also) (?:about|on|at|here|from|in)\b.{0,120}",
    r"read (?:the )?full (?:story|article|report)(?: (?:here|at|on)\b.{0,60})?",
    r"(?:see|view) (?:all|more) (?:articles?|stories|news|topics|posts|videos)\b.{0,40}",
    # Who wrote it, where and when.
    rf"(?:(?:additional|further) )?(?:reporting|writing|editing|compiled|edited|written|reported)"
    rf"(?: and (?:writing|editing|reporting|compiled))? by:? {_NAMES}",
    rf"(?!.*\.$)(?:story |words |text )?by {_PERSON}(?:(?:, and|,| and| &) {_PERSON}){{0,4}}"
    rf"(?:(?:,| \|| -|/| in| for) ?(?:{_AGENCY}|(?-i:[A-Z])[\w ]{{0,30}}"
    r"(?:correspondent|editor|reporter|writer|bureau|desk|news|times|post)))?",
    r"(?:from )?(?:reuters staff|staff (?:writer|reporter)|our (?:staff |special )?"
    r"(?:correspondent|reporter)|agencies|with (?:agency|wire) (?:inputs|reports))",
    # A date without a year may be the head of a table.
    rf"(?:{_STAMP}|(?=.{{0,60}}(?:\b[12]\d\d\d\b|\d:\d\d))(?!.*\d\.$)){_WHEN}"
    rf"(?:(?:,| at| on| -| \||/|t)? ?{_STAMP}?{_WHEN}){{0,5}}",
    rf"{_STAMP}?{_AGO}",
    # Pictures.
    r"file (?:photo|picture|image|pic)s?(?: ?[:,.-].{0,300})?|(?-i:FILE) ?- .{1,300}",
    r"(?:photo|image|picture|video|graphic|photograph)s?(?: (?:credits?|source|courtesy|caption))?"
    r" ?[:/|] ?.{1,200}",
    r"image (?:source|caption|copyright),? .{1,200}",
    rf"(?:photo|image|picture|photograph|video|graphic)s? (?:by|credit|courtesy(?: of)?|via)"
    rf" {_NAMES}",
    rf"(?:credits?|via) ?:? ?(?:[\w.' -]{{1,40}}/ ?)?{_AGENCY}(?: ?/ ?{_NAMES})?",
    rf"{_AGENCY}(?: via {_AGENCY})?(?: ?/ ?{_NAMES})?",
    # Rights and standards.
    r"(?:copyright ?(?:\u00a9|\(?c\))?|\u00a9|\(?c\)) ?(?:by )?\d{4}\b(?:[^.]{0,80}|.{0,60}"
    r"(?:all rights reserved|may not be|no part of|not be published)\b.{0,200})",
    r"\u00a9.{1,100}|all rights reserved\b.{0,100}",
    r"our standards: .{0,100}|(?:acquire|purchase) licensing rights\b.{0,40}",
    r"opens (?:in )?(?:a )?new tab",
)
_NOBODY_SPEAKS = r"(?!.*\b(?:said|says|say|told|according)\b)"
# What stands above a list of links to other articles.
_LIST_START = re.compile(
    r"(?:also read|read also|read more|read next|related|see also|recommended|more on this|"
    r"you may|you might|don't miss)\b[^:|]{0,24}:?",
    re.IGNORECASE,
)
_BULLET = re.compile(r"\n[ \t]*[-*\u2022\u00b7\u25aa\u25b6\u25ba>\u2192][ \t]*[^\s.][^\n]*")
_EMPTY_LINES = re.compile(r"(?:[ \t]*+\n)*+")
_CREDITS = re.compile(
    r"\((?:(?:additional|further) )?(?:reporting|writing|editing)(?: and \w+)? by [^()]*+"
    r"(?:\([^()]*+\)[^()]*+){0,3}\)(?=[ \t.]*(?:\n|\Z))",
    re.IGNORECASE,
)


@cache
def _line() -> re.Pattern[str]:
    """The one expression for a whole line; compiled when first needed, for it is large."""
    notices, furniture = "|".join(_NOTICES), "|".join(_FURNITURE)
    line = rf"(?:{_NOBODY_SPEAKS}(?:{notices})|{furniture})[ .!:>\u00bb\u2026]*"
    return re.compile(line, re.IGNORECASE)


def find_boilerplate(text: str) -> list[Piece]:
    r"""Start and end of each piece of a text that is no news, in order.

    A line goes with its end and the empty lines after it.

    >>> text = "Seoul said no.\nShare on Facebook\nTokyo agreed. (Reporting by Jane Doe)"
    >>> [text[start:end] for start, end in find_boilerplate(text)]
    ['Share on Facebook\n', '(Reporting by Jane Doe)']
    """
    pieces = list(_lines(text))
    return _merged(pieces, _credits(text)) if "ing by " in text else pieces


def _lines(text: str) -> Iterator[Piece]:
    done = 0
    for found in _LINE_START.finditer(f"\n{text}"):
        if found[1].lower() not in _FIRST_WORDS:
            continue
        start = found.start()
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if start < done or end - start > _LONGEST_LINE:
            continue
        if start != done and _goes_on(text, start):
            continue
        line = " ".join(text[start:end].strip(_DECORATION).split())
        if _line().fullmatch(line):
            if _LIST_START.fullmatch(line):
                end = _end_of_links(text, end)
            empty = _EMPTY_LINES.match(text, end)
            done = empty.end() if empty else end
            yield start, done


def _goes_on(text: str, start: int) -> bool:
    """Whether the line at `start` goes on with the sentence of the line before it."""
    before = text[max(0, start - _WRAPPED) : max(0, start - 1)]
    return (
        len(before) == _WRAPPED - 1
        and "\n" not in before
        and (before[-1].isalnum() or before[-1] == ",")
    )


def _end_of_links(text: str, end: int) -> int:
    """Where the list of links ends that may follow its heading."""
    for _ in range(_MAX_LINKS):
        found = _BULLET.match(text, end)
        if not found or len(found[0]) > _LONGEST_LINK or found[0].rstrip().endswith("."):
            break
        end = found.end()
    return end


def _credits(text: str) -> list[Piece]:
    """The lists of reporters in brackets that end a paragraph."""
    return [
        found.span()
        for found in _CREDITS.finditer(text)
        if found.end() - found.start() <= _LONGEST_CREDITS
    ]


def _merged(pieces: list[Piece], others: list[Piece]) -> list[Piece]:
    """Both in order, those that overlap as one."""
    merged: list[Piece] = []
    for start, end in sorted([*pieces, *others]):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
