"""What is no news goes, every sentence of news stays, and offsets lead back to the original."""

import time
from itertools import pairwise, product

import pytest

from models.boilerplate import find_boilerplate
from models.text import clean, read, sentences

MIB = 1024 * 1024

BOILERPLATE = """\
Share on Facebook
Share
Tweet
Copy link
Link copied
Print this article
Email
Share this article
Share via Email
Click to share on X (Opens in new window)
Facebook Twitter WhatsApp LinkedIn
Facebook | Twitter | Email
Save for later
12 comments
Leave a comment
Comments
We use cookies to improve your experience. By continuing you agree to our policy.
This website uses cookies to ensure you get the best experience.
By continuing to browse this site you agree to our use of cookies.
By clicking "Accept all", you agree to the storing of cookies.
Accept all cookies
Manage preferences
Reject all
Cookie policy
Privacy Policy | Terms of Use
Your privacy choices
We and our 842 partners use cookies to store and access personal data.
Sign up for our newsletter
Sign up for our daily newsletter and get the day's news in your inbox.
Sign up here.
Subscribe to continue
Subscribe to continue reading
Subscribe now
Subscribe to our YouTube channel
Subscribe to our newsletters to follow the most important economic news.
Get the latest news delivered to your inbox
Register now for FREE unlimited access to Reuters.com
Already a subscriber? Log in
This article is for subscribers only.
You have 2 free articles left this month.
Enter your email address
Thank you for subscribing!
By signing up, you agree to our Terms of Use and Privacy Policy.
Create a free account
Read more: Seoul weighs a response to car tariffs
READ MORE: Why chips are the new oil
Read More
Read more about the dispute here.
Read also: Japan's exports fall
Also read: India cuts duty on gold
ALSO READ | Modi to meet Trump in Washington
Also Read
Related: How tariffs work
Related stories
Related Articles:
See also: Timeline of the trade war
You may also like
Recommended for you
Most read
Top stories
Trending now
Watch: Minister speaks on tariffs
WATCH | Lawmakers brawl in parliament
Listen to this article
Don't miss: What to know about the summit
Advertisement
ADVERTISEMENT
[Advertisement]
- Advertisement -
Advertisement - story continues below
Story continues below advertisement
Article continues after this ad
Sponsored content
Scroll to continue
Continue reading
Skip to main content
Photo: Kim Hong-ji/AFP
Photo: AFP
(Photo by Chung Sung-Jun/Getty Images)
[Photo/Xinhua]
File photo
Image source, Getty Images
Image caption, Steel workers in Port Talbot fear for their jobs
Image: Kim Hong-ji/dpa/picture alliance
(AP Photo/Ahn Young-joon)
REUTERS/Kim Hong-Ji
Getty Images
AFP via Getty Images
Credit: Getty Images
Photo credit: Yonhap
Picture: Alamy
(Reporting by Jane Doe in Seoul; Editing by John Roe)
Reporting by Jane Doe; Editing by John Roe, and Kim Coghill
Additional reporting by Kaori Kaneko
Writing by Jack Kim
Editing by Ed Davies
Our Standards: The Thomson Reuters Trust Principles.
Our Standards: The Thomson Reuters Trust Principles., opens new tab
Acquire Licensing Rights, opens new tab
© 2025 Agence France-Presse
(c) 2024 AFP
© Thomson Reuters 2025.
Copyright © 2025 Yonhap News Agency
All rights reserved.
Download the Reuters app
Download our app for breaking news
Get the app
Get it on Google Play
Available on the App Store and Google Play
Download on the App Store
Open in app
Follow us on Twitter and Facebook
Follow us on Telegram
Follow @Reuters
Like us on Facebook
Join our WhatsApp channel
Follow The Korea Herald on X
This story has been updated.
This story has been updated to add comments from the ministry.
This article was first published on March 3, 2025.
This is a developing story. Check back for updates.
More to follow
By Jane Doe
By JANE DOE
By Jane Doe and John Roe
By Jane Doe, Ju-min Park and Kim Miyoung
By Jane Doe, Reuters
By Jane Doe, Seoul correspondent
By Hyung-Jin Kim | Associated Press
Published 10:32 AM EST, Mon March 3, 2025
Updated 3:15 PM
Last updated: 3 March 2025, 14:05 GMT
March 3, 2025
March 3, 2025 10:32 AM UTC
Mon, 3 Mar 2025 14:05 +0900
3 March 2025
2025-03-03 14:05
Monday, March 3, 2025 at 10:32 a.m. ET
5 min read
2 hours ago
Updated 3 hours ago
Published on 03/03/2025
Terms of use
Reuters Staff
Log in
Sign in
""".splitlines()
NEWS = """\
Share prices in Seoul fell 3 percent on Monday.
Share buybacks reached a record in Tokyo
Tweet by the president sends the won lower
Copy of the treaty was leaked on Monday.
Print media face new rules in Hungary.
Email providers must keep logs for a year, the court ruled.
Facebook and Twitter must remove posts within a day under the new law.
Facebook, Twitter and Google face a digital tax in France.
Google
X must pay a fine of 120 million euros, Brussels said.
Telegram founder Pavel Durov was detained in Paris.
WhatsApp was blocked in Iran.
Line and Yahoo Japan agreed to merge.
"We use cookies to track you," the regulator wrote.
We use cookies to track people, the company said in its reply to the regulator.
By signing up to the pact, Seoul agreed to open its beef market.
By continuing to sell oil to China, Iran defies the sanctions.
By accepting the deal, Kyiv would cede the Donbas.
Sign up for military service rose in Poland.
Sign of a thaw: Seoul and Pyongyang reopen the hotline.
Subscribe rates for state bonds fell in Ankara.
Register of foreign agents grows in Georgia.
Register to vote by Monday, officials told citizens abroad.
Get ready for tariffs, Brussels told carmakers.
Support for Ukraine fell in the poll.
Newsletter writers are journalists too, a Moscow court ruled.
Read more than 300 pages of the treaty and one finds no word on tariffs.
Related industries will get loans of 2 trillion won.
Related to the summit, the ministry said talks would go on.
Watch makers in Switzerland face a 39 percent tariff.
Listen to farmers, the minister told the EU.
Recommended doses were cut, the agency said.
Most popular parties in Germany lost votes.
Most of the rice is imported from Vietnam.
Top stories of corruption were false, the judge found.
Trending down: exports fell for a third month.
Latest figures show exports to China fell.
Advertisement spending fell in Japan.
Advertising on state television is banned from July.
Ads by the lobby attacked the bill.
Sponsored by Russia and China, the resolution failed in the Security Council.
Story telling is not policy, the chancellor said.
Photo of the general with the dictator led to his dismissal.
Photographs show new silos in Xinjiang.
Images from satellites show troops near Kharkiv.
Images by the satellite firm Maxar show the ships at Wonsan.
Video from Gaza shows tanks leaving Rafah.
File transfers to China were found on the server.
Files show the bank hid losses.
Credit Suisse was sold to UBS.
Credit: IMF approves a loan of 3 billion dollars to Pakistan
Reuters reported that Seoul would buy more gas.
AFP journalists saw tanks near the border.
Reporting by the BBC found that the army had shelled the clinic.
Reporting by foreign media is banned in Gaza.
Editing by gene scissors is allowed in Japan.
Writing by hand is taught again in Sweden.
Copyright law was changed in Japan to allow training of models.
Copyright 1976 act is out of date, senators wrote. A new bill is planned.
Download taxes of 3 percent were announced in Paris.
Get the app stores to open up, Brussels ordered Apple.
Open the app market to rivals, EU tells Apple
Follow China on rare earths or lose, the report warned.
Follow the money, said the minister.
Follow-up talks will be held in Geneva.
This story of trade and war began in 1950.
This report was published by the UN on Monday.
This article of the treaty allows the use of force.
This article was amended by parliament in 2014 to allow martial law, the court said.
By Monday the won had lost 3 percent.
By Friday
By 2030, Japan will double its defence budget.
By Seoul's count, 12,000 troops are in Kursk.
By land and sea, China closed in on Taiwan.
March exports rose 5 percent.
March 3 is the day of the vote.
May will be the month of the election.
May 2025 exports fell 1.3 percent.
2025 was the warmest year on record.
3 March 1 Movement activists were honoured.
25 percent tariffs start on Friday.
12 comments by the minister led to the protest.
5 minutes later the missile struck.
2 hours of talks ended without a deal.
Published figures show inflation of 3 percent.
Updated rules for chip exports take effect.
Terms of trade worsened for Korea.
Privacy rules were eased in the UK.
Cookie makers face sugar tax.
Allow Ukraine to strike, Poland urges.
Reject the deal, unions urge members.
Accept refugees or pay, Brussels tells Hungary.
Enter the dragon: China joins the bid.
Log exports from Gabon are banned.
Continue talks, the UN urged.
Scroll down the list and the firm is there, the minister said.
Click fraud is a crime in the new code.
More news of shelling came from Kherson.
More from Moscow was expected, diplomats said.
In pictures released by the North, Kim inspects a submarine.
Staff writers of the state agency went on strike.
Additional reporting duties for banks start in July.
Available now in China is the chip that Washington banned.
Thank you for your service, the president told troops.
You have no cards, the president told Kyiv.
Do not sell arms to Israel, MPs urged.
Become members of the EU by 2030: that is the aim of Montenegro.
Save the whales, Japan's critics said.
Post-war order is at stake.
Like Japan, Korea depends on imported oil.
Find a way to end the war, the pope said.
Join the euro by 2026, Bulgaria's premier said.
The article has been amended three times since 1948.
Explained: why Seoul is angry
Already a member of the EU, Hungary may block the deal.
Not a member of the bloc, Norway pays for access.
AP/NORC poll finds most Americans oppose tariffs
Become a member of NATO? Not yet, Kyiv was told.
Already registered voters may vote by post.
""".splitlines()


def kept(text: str) -> str:
    return read("", text).text.text


@pytest.mark.parametrize("line", BOILERPLATE)
def test_a_line_that_is_no_news_goes(line: str) -> None:
    assert kept(f"Seoul said no.\n{line}\nTokyo agreed.") == "Seoul said no.\nTokyo agreed."


@pytest.mark.parametrize("line", NEWS)
def test_a_line_of_news_stays(line: str) -> None:
    text = f"Seoul said no.\n{line}\nTokyo agreed."
    assert kept(text) == text


@pytest.mark.parametrize(
    "line", ["Facebook and Twitter", "March 3, 2025", "Advertisement", "Reuters", "By Jane Doe"]
)
def test_what_goes_on_from_the_line_before_stays(line: str) -> None:
    text = f"The minister said that what they had put up there was\n{line}"
    assert kept(text) == text


def test_a_line_that_goes_does_not_go_on() -> None:
    text = (
        "FILE PHOTO: Cars wait at the port of Pyeongtaek/File Photo\nAdvertisement\nTokyo agreed."
    )
    assert kept(text) == "Tokyo agreed."


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("  \u2022 Share this article  ", ""),
        ("*** ADVERTISEMENT ***", ""),
        ("\u25ba READ MORE: Seoul weighs a response", ""),
        ("Share\ton\u00a0 Facebook\r", ""),
        ('"Share on Facebook"', '"Share on Facebook"'),
        ("Read more: " + "Seoul " * 80, "Read more: " + "Seoul " * 80),
        (
            "Copyright 2025 The Associated Press. All rights reserved. This material may not be "
            "published, broadcast, rewritten or redistributed without permission.",
            "",
        ),
        (
            "FILE PHOTO: Cars wait for export at a port in Pyeongtaek, South Korea, April 3, 2025. "
            "REUTERS/Kim Hong-Ji/File Photo",
            "",
        ),
    ],
)
def test_the_dress_of_a_line_does_not_matter(line: str, left: str) -> None:
    assert kept(f"Seoul said no.\n{line}").removeprefix("Seoul said no.\n") == left


@pytest.mark.parametrize(
    "names",
    [
        "(Reporting by Jane Doe)",
        "(Reporting by Jane Doe in Seoul; Editing by John Roe)",
        "(Reporting by Jane Doe;\n Editing by John Roe)",
        "(Reporting by Jane Doe; Editing by John Roe (j.roe@example.com; +82 2 555 0100))",
        "(Additional reporting by Jane Doe)",
        "(Writing and editing by Jane Doe.)",
    ],
)
def test_reporters_in_brackets_go_from_the_end_of_a_paragraph(names: str) -> None:
    assert kept(f"Seoul said no. {names}") == "Seoul said no. "
    assert kept(f"Seoul said no. {names}.\nTokyo agreed.") == "Seoul said no. .\nTokyo agreed."
    assert names in kept(f"Seoul (South Korea) {names} said no.")


def test_a_list_of_links_goes_with_its_heading() -> None:
    text = (
        "Seoul said no.\nRelated stories:\n- How tariffs work\n- Who pays for tariffs\n"
        "- Tokyo agreed on Monday.\nBeijing waits."
    )
    assert kept(text) == "Seoul said no.\n- Tokyo agreed on Monday.\nBeijing waits."


def test_a_list_without_such_a_heading_stays() -> None:
    text = "The pact has two parts\n- Tariffs on steel\n- Quotas on beef"
    assert kept(text) == text


def test_a_title_stays_as_it_is() -> None:
    assert read("Advertisement", "Advertisement").title.text == "Advertisement"


def test_if_all_is_boilerplate_nothing_is_left() -> None:
    text = "Share on Facebook\nAdvertisement\nRead more: Seoul says no\n\u00a9 2025 Reuters"
    assert kept(text).split() == []


def test_each_kept_character_leads_back_to_itself() -> None:
    news = (
        "Seoul said no.",
        "It\u00adaly, K\u00f6ln and \U0001f600 agreed.",
        "\ufeff",
        "A \u200b b",
    )
    other = (
        "\u25b6 Ad\u00advertisement",
        "Photo: AFP \u200b",
        "Read more:\n- a\u00ad\n- b",
        "Share",
    )
    for lines in product(("", *news, *other), repeat=4):
        field = "\n".join(lines)
        cleaned = read("", field).text
        places = [cleaned.original(place) for place in range(len(cleaned.text))]
        assert "".join(field[place] for place in places) == cleaned.text
        assert places == sorted(set(places))


def test_a_sentence_after_boilerplate_has_its_own_offsets() -> None:
    field = (
        "\ufeffShare\nBy Jane Doe\nSeoul ref\u00adused.\nAdvertisement\n"
        "Tokyo agreed. (Reporting by J. Roe)"
    )
    cleaned = read("", field).text
    found = [
        field[cleaned.original(start) : cleaned.original(end - 1) + 1]
        for start, end in sentences(cleaned.text)
    ]
    assert found == ["Seoul ref\u00adused.", "Tokyo agreed."]


def test_pieces_are_in_order_and_apart() -> None:
    text = clean("(Reporting by A; Editing by B)\nRelated\n- C (Editing by D)\n" * 20).text
    pieces = find_boilerplate(text)
    assert all(a[0] < a[1] <= b[0] for a, b in pairwise(pieces))
    assert read("", text).text.text.strip() == ""


@pytest.mark.parametrize(
    "unit",
    [
        "\n",
        "\nE",
        "\n5 min",
        "\nShare",
        "\nRead more:\n- a",
        "\nRead more:" + " " * 300,
        "\nRelated\n" + "- " * 90,
        "\nsubscribe to" + " newsletter" * 27,
        "\nMay 3" + " May 3 2025" * 28,
        "\n1:11" + " 1:11" * 60,
        "\nReporting by" + " and A" * 50,
        "\nBy A B" + " and A B" * 38,
        "\nFollow" + " a on x" * 44,
        "\nFacebook" + " facebook" * 34,
        "\nphoto :" + " :" * 150,
        "\nCookies" + " and cookies" * 25,
        "\nBy using you agree" + " you agree" * 28,
        "(Reporting by ",
        "(Reporting by a(b)",
        "(Reporting by a)",
        "(",
        "\n(",
        "Reporting by ",
    ],
)
def test_a_mebibyte_of_anything_is_cut_in_a_moment(unit: str) -> None:
    field = unit * (MIB // len(unit))
    begin = time.perf_counter()
    read("", field)
    assert time.perf_counter() - begin < 20
