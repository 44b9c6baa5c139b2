"""English is read, other languages are refused, and what is in doubt is read."""

# ruff: noqa: RUF001 - the texts are in many scripts

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from models.language import is_english
from models.text import read
from training.datasets import own_examples, read_dataset

MIB = 1024 * 1024

FOREIGN: dict[str, tuple[str, str]] = {
    "French": (
        "",
        "Le ministre du Commerce a déclaré lundi que les droits de douane américains sur les "
        "voitures coréennes pèseraient sur l'emploi. Séoul demande l'ouverture de négociations "
        "avant la fin du mois, tandis que les constructeurs évaluent les pertes à plusieurs "
        "milliards de dollars.",
    ),
    "French short": ("", "Le gouvernement a annoncé une taxe sur les importations d'acier."),
    "German": (
        "",
        "Die Bundesregierung hat am Montag mitgeteilt, dass die neuen Zölle auf Stahl nicht vor "
        "dem Sommer in Kraft treten. Die Wirtschaft warnt vor einem Handelskrieg mit den "
        "Vereinigten Staaten und fordert schnelle Verhandlungen in Brüssel.",
    ),
    "German title": ("Bundestag beschließt neues Gesetz zur Einfuhr von Halbleitern", ""),
    "Spanish": (
        "",
        "El gobierno de México anunció este lunes que responderá a los aranceles de Estados Unidos "
        "con medidas propias. La presidenta dijo que la soberanía no se negocia y que espera un "
        "acuerdo antes del fin de semana, según informó la prensa local.",
    ),
    "Spanish without accents": (
        "",
        "El gobierno de Chile firmo un acuerdo de libre comercio con la Union Europea que entra en "
        "vigor el proximo mes y que reduce los aranceles para la mayoria de los productos.",
    ),
    "Portuguese": (
        "",
        "O governo brasileiro informou nesta segunda-feira que vai recorrer à Organização Mundial "
        "do Comércio contra a tarifa imposta pelos Estados Unidos sobre o aço. Segundo o ministro, "
        "a medida não tem justificativa e prejudica os dois países.",
    ),
    "Italian": (
        "",
        "Il governo italiano ha annunciato lunedì che chiederà a Bruxelles una risposta comune ai "
        "dazi americani. Secondo il ministro degli Esteri la trattativa resta la strada migliore, "
        "ma le imprese temono perdite per miliardi di euro.",
    ),
    "Catalan": (
        "",
        "El govern ha anunciat aquest dilluns que presentarà una llei per protegir la indústria "
        "del país davant dels nous aranzels. Els sindicats demanen que les ajudes arribin abans de "
        "l'estiu i que no es perdin llocs de treball.",
    ),
    "Romanian": (
        "",
        "Guvernul a anunțat luni că va cere Comisiei Europene sprijin pentru producătorii de oțel "
        "afectați de tarifele americane. Ministrul economiei a spus că negocierile vor continua și "
        "săptămâna viitoare la Bruxelles.",
    ),
    "Dutch": (
        "",
        "De regering heeft maandag gezegd dat de uitvoer van chipmachines naar China verder wordt "
        "beperkt. De minister van Handel wil voor de zomer overleg met Washington, maar het "
        "bedrijf uit Veldhoven waarschuwt voor de gevolgen.",
    ),
    "Dutch short": ("", "Het kabinet wil de export van machines naar China verder beperken."),
    "Dutch with English terms": (
        "",
        "ASML verwacht dat de export controls van de Amerikaanse regering de omzet in China raken. "
        "Volgens CEO Christophe Fouquet is de backlog nog altijd groot en blijft de guidance voor "
        "dit jaar ongewijzigd.",
    ),
    "Afrikaans": (
        "",
        "Die regering het Maandag gesê dat die nuwe tariewe op motors duisende werkgeleenthede in "
        "die land bedreig. Die minister van handel wil met Washington onderhandel voordat die "
        "maatreël volgende maand in werking tree.",
    ),
    "Frisian": (
        "",
        "It regear hat moandei sein dat it reagearje sil op de nije tariven fan de Feriene Steaten "
        "as de ûnderhannelingen neat opsmite. De minister moetet tiisdei mei de bedriuwen.",
    ),
    "Norwegian": (
        "",
        "Regjeringen sier at den vil svare på den nye tollen fra USA dersom forhandlingene ikke "
        "fører fram. Statsministeren møter lederne i næringslivet på tirsdag for å drøfte hvordan "
        "arbeidsplassene langs kysten kan sikres.",
    ),
    "Nynorsk": (
        "",
        "Regjeringa seier at ho vil svare på den nye tollen frå USA dersom forhandlingane ikkje "
        "fører fram. Statsministeren møter leiarane i næringslivet tysdag for å drøfte korleis ein "
        "kan sikre arbeidsplassane langs kysten.",
    ),
    "Danish": (
        "",
        "Regeringen siger, at den vil svare igen på den nye told fra USA, hvis forhandlingerne "
        "ikke fører til noget. Statsministeren mødes tirsdag med erhvervslivet for at drøfte, "
        "hvordan arbejdspladserne kan sikres.",
    ),
    "Swedish": (
        "",
        "Regeringen säger att den kommer att svara på de nya tullarna från USA om förhandlingarna "
        "inte leder till något. Statsministern träffar företagen på tisdag för att diskutera hur "
        "jobben kan räddas.",
    ),
    "Finnish": (
        "",
        "Hallitus kertoi maanantaina, että se vastaa Yhdysvaltojen uusiin tulleihin, jos "
        "neuvottelut eivät johda tulokseen. Pääministeri tapaa yritysten edustajia tiistaina "
        "keskustellakseen työpaikkojen turvaamisesta.",
    ),
    "Hungarian": (
        "",
        "A kormány hétfőn közölte, hogy válaszolni fog az Egyesült Államok új vámjaira, ha a "
        "tárgyalások nem vezetnek eredményre. A miniszterelnök kedden találkozik a vállalatok "
        "képviselőivel.",
    ),
    "Polish": (
        "",
        "Rząd poinformował w poniedziałek, że odpowie na nowe cła Stanów Zjednoczonych, jeśli "
        "rozmowy nie przyniosą rezultatu. Premier spotka się we wtorek z przedstawicielami firm, "
        "aby omówić ochronę miejsc pracy.",
    ),
    "Czech": (
        "",
        "Vláda v pondělí oznámila, že odpoví na nová cla Spojených států, pokud jednání nepovedou "
        "k výsledku. Premiér se v úterý sejde se zástupci firem, aby probrali ochranu pracovních "
        "míst.",
    ),
    "Croatian": (
        "",
        "Vlada je u ponedjeljak objavila da će odgovoriti na nove carine Sjedinjenih Država ako "
        "pregovori ne dovedu do rezultata. Premijer se u utorak sastaje s predstavnicima tvrtki.",
    ),
    "Albanian": (
        "",
        "Qeveria njoftoi të hënën se do t'u përgjigjet tarifave të reja të Shteteve të Bashkuara "
        "nëse bisedimet nuk japin rezultat. Kryeministri takohet të martën me përfaqësuesit e "
        "bizneseve.",
    ),
    "Turkish": (
        "",
        "Hükümet pazartesi günü yaptığı açıklamada, görüşmelerden sonuç alınamazsa Amerika "
        "Birleşik Devletleri'nin yeni gümrük vergilerine karşılık vereceğini bildirdi. Bakan salı "
        "günü şirket temsilcileriyle bir araya gelecek.",
    ),
    "Indonesian": (
        "",
        "Pemerintah mengatakan pada hari Senin bahwa negara itu akan menanggapi tarif baru Amerika "
        "Serikat jika perundingan tidak membuahkan hasil. Menteri perdagangan akan bertemu dengan "
        "para pengusaha pada hari Selasa.",
    ),
    "Malay": (
        "",
        "Kerajaan berkata pada hari Isnin bahawa negara ini akan bertindak balas terhadap tarif "
        "baharu Amerika Syarikat sekiranya rundingan tidak berjaya. Menteri perdagangan akan "
        "menemui wakil syarikat pada hari Selasa.",
    ),
    "Malay short": (
        "",
        "Kerajaan Malaysia akan mengenakan cukai baharu terhadap import keluli dari China.",
    ),
    "Tagalog": (
        "",
        "Sinabi ng pamahalaan noong Lunes na tutugon ito sa bagong taripa ng Estados Unidos kung "
        "hindi magtatagumpay ang pag-uusap. Makikipagkita ang kalihim ng kalakalan sa mga "
        "kinatawan ng mga kumpanya sa Martes.",
    ),
    "Tagalog with English words": (
        "",
        "Ayon sa Department of Trade and Industry, ang bagong tariff sa mga imported na sasakyan "
        "ay magsisimula sa susunod na buwan. Sinabi ng secretary na kailangan pa ng consultation "
        "sa mga stakeholder bago ang implementation.",
    ),
    "Vietnamese": (
        "",
        "Chính phủ cho biết hôm thứ Hai rằng sẽ đáp trả thuế quan mới của Hoa Kỳ nếu đàm phán "
        "không đạt kết quả. Thủ tướng sẽ gặp đại diện các doanh nghiệp vào thứ Ba để bàn về việc "
        "làm.",
    ),
    "Swahili": (
        "",
        "Serikali ilisema Jumatatu kwamba itajibu ushuru mpya wa Marekani iwapo mazungumzo "
        "hayatafanikiwa. Waziri wa biashara atakutana na wawakilishi wa makampuni siku ya Jumanne "
        "mjini Nairobi.",
    ),
    "Hausa": (
        "",
        "Gwamnatin Najeriya ta ce a ranar Litinin za ta mayar da martani ga sabon harajin Amurka "
        "idan tattaunawar ba ta yi nasara ba. Ministan kasuwanci zai gana da wakilan kamfanoni a "
        "Abuja.",
    ),
    "Welsh": (
        "",
        "Dywedodd Llywodraeth Cymru ddydd Llun y bydd yn ymateb i'r tollau newydd o'r Unol "
        "Daleithiau os na fydd y trafodaethau yn llwyddo. Bydd y Prif Weinidog yn cwrdd â chwmnïau "
        "ddydd Mawrth.",
    ),
    "Irish": (
        "",
        "Dúirt an rialtas Dé Luain go dtabharfaidh sé freagra ar na taraifí nua ó na Stáit "
        "Aontaithe mura n-éireoidh leis na cainteanna. Buailfidh an tAire le hionadaithe na "
        "gcomhlachtaí Dé Máirt.",
    ),
    "Haitian Creole": (
        "",
        "Gouvènman an di lendi ke li pral reponn nouvo tarif Etazini yo si negosyasyon yo pa bay "
        "rezilta. Minis komès la pral rankontre ak reprezantan konpayi yo madi.",
    ),
    "Tok Pisin": (
        "",
        "Gavman i tok long Mande olsem em bai bekim nupela takis bilong Amerika sapos ol toktok i "
        "no kamap gut. Praim Minista bai bungim ol kampani long Tunde long Pot Mosbi.",
    ),
    "Scots": (
        "",
        "The Scots Government haes telt the fowk that it winna thole the new duties on whisky frae "
        "the Unitit States. The Meenister said he wad gang tae Washington neist ouk for tae hae a "
        "crack wi the Americans anent the maitter, an that mony jobs in the Hielands were at risk.",
    ),
    "Romanised Hindi": (
        "",
        "Sarkar ne somvar ko kaha ki agar baatcheet se koi nateeja nahi nikla to Bharat bhi "
        "America ke naye tariff ka jawab dega. Mantri mangalvar ko companiyon ke pratinidhiyon se "
        "milenge aur naukriyon ke baare mein baat karenge.",
    ),
    "Hinglish mostly Hindi": (
        "",
        "Budget mein finance minister ne kaha ki income tax ke slab badle jayenge aur middle class "
        "ko relief milega, lekin opposition ka kehna hai ki sarkar ne garibon ke liye kuch nahi "
        "kiya.",
    ),
    "Romanised Urdu": (
        "",
        "Wazir e azam ne kaha hai ke Pakistan aur China ke darmiyan naya muahida is haftay "
        "dastakhat ke liye tayyar hai aur is se mulk mein sarmaya kari barhay gi.",
    ),
    "Romaji": (
        "",
        "Nihon seifu wa getsuyoubi ni Amerika no atarashii kanzei ni taishite taikou sochi o "
        "kentou suru to happyou shimashita. Daijin wa raishuu Washinton o otozureru yotei desu.",
    ),
    "Romanised Korean": (
        "",
        "Hanguk jeongbuneun woryoire migugui saeroun gwansee daehae daeeung jochireul geomtohal "
        "geosirago balkhyeotda. Janggwaneun daeumju Wosingteoneul bangmunhal yejeongida.",
    ),
    "Pinyin": (
        "",
        "Zhongguo shangwubu xingqiyi biaoshi, ruguo meiguo jixu tigao guanshui, zhongfang jiang "
        "caiqu biyao de fanzhi cuoshi, weihu ziji de hefa quanyi.",
    ),
    "Latin": (
        "",
        "Gubernatores dixerunt se novis vectigalibus Civitatum Foederatarum responsuros esse, nisi "
        "colloquia prospere evenirent. Minister cum legatis societatum de operibus servandis die "
        "Martis colloquetur.",
    ),
    "Capital German": (
        "",
        "DIE BUNDESREGIERUNG HAT AM MONTAG MITGETEILT, DASS DIE NEUEN ZÖLLE AUF STAHL NICHT VOR "
        "DEM SOMMER IN KRAFT TRETEN UND DASS VERHANDLUNGEN GEFORDERT WERDEN.",
    ),
    "Capital Spanish": (
        "",
        "EL GOBIERNO DE MEXICO ANUNCIA QUE RESPONDERA A LOS ARANCELES DE ESTADOS UNIDOS CON "
        "MEDIDAS PROPIAS ANTES DEL FIN DE SEMANA",
    ),
    "French with English first word": (
        "BREAKING NEWS",
        "Le président a signé mardi un décret sur les exportations de semi-conducteurs vers la "
        "Chine, a annoncé son cabinet. Les entreprises disposent de trois mois pour s'y conformer.",
    ),
    "German with English quote": (
        "",
        'Der amerikanische Präsident sagte am Montag: "We will not back down." Die '
        "Bundesregierung reagierte zurückhaltend und verwies auf die laufenden Gespräche in "
        "Brüssel. Die Wirtschaft warnt dagegen vor einem Handelskrieg und fordert eine gemeinsame "
        "Antwort.",
    ),
    "German with English terms": (
        "",
        "Das Start-up will mit dem Venture Capital sein Cloud Business ausbauen und ein Team für "
        "Machine Learning aufbauen, sagte der CEO beim Tech Summit in Berlin am Donnerstag.",
    ),
    "Korean": ("", "한국 정부는 미국의 관세 부과에 항의했다고 밝혔다"),
    "Korean with many Latin names": (
        "",
        "LG에너지솔루션과 GM의 합작사 Ultium Cells는 월요일 Ohio 공장 확장을 발표했다. SK On과 "
        "Ford도 투자를 늘린다.",
    ),
    "Korean with English title": (
        "Samsung Electronics",
        "삼성전자는 미국 텍사스주에 새로운 반도체 공장을 건설한다고 월요일 밝혔다. 투자 규모는 약 "
        "170억 달러에 이른다.",
    ),
    "Japanese": ("", "日本政府は米国の追加関税について世界貿易機関への提訴を検討している。"),
    "Chinese": ("", "中国商务部周一表示,将对美国加征关税采取反制措施。"),
    "Ukrainian": (
        "",
        "Уряд заявив у понеділок, що відповість на нові мита США, якщо переговори не дадуть "
        "результату.",
    ),
    "Arabic": ("", "قالت الحكومة إنها سترد على الرسوم الجمركية الأمريكية الجديدة"),
    "Persian": ("", "دولت اعلام کرد که به تعرفه‌های جدید آمریکا پاسخ خواهد داد"),
    "Hebrew": ("", "הממשלה הודיעה כי תגיב למכסים החדשים של ארצות הברית"),
    "Hindi": ("", "सरकार ने सोमवार को कहा कि वह अमेरिका के नए शुल्क का जवाब देगी"),
    "Thai": ("", "รัฐบาลระบุเมื่อวันจันทร์ว่าจะตอบโต้ภาษีศุลกากรใหม่ของสหรัฐฯ"),
    "Greek": ("", "Η κυβέρνηση ανακοίνωσε τη Δευτέρα ότι θα απαντήσει στους νέους δασμούς των ΗΠΑ"),
    "Georgian": ("", "მთავრობამ ორშაბათს განაცხადა, რომ უპასუხებს აშშ-ის ახალ ტარიფებს"),
}
ENGLISH: dict[str, tuple[str, str]] = {
    "headline": ("Seoul protests as US puts 25% tariff on Korean cars", ""),
    "headline names": ("Xi, Putin, Modi to meet Lula, Ramaphosa in Kazan", ""),
    "headline names only": ("Yoon Suk Yeol, Kishida Fumio, Biden", ""),
    "headline short": ("Nvidia soars", ""),
    "headline verbs": ("Macron nomme Barnier: what it means for Brussels", ""),
    "headline of places": ("Dnipro, Kharkiv, Zaporizhzhia, Odesa hit by Shahed drones", ""),
    "capital headline": ("BANK OF JAPAN INTERVENES TO SUPPORT DOLLAR AT TOKYO OPENING", ""),
    "title case": (
        "Why The Fed Won't Cut Rates Before June, According To Goldman Sachs, JPMorgan, Nomura",
        "",
    ),
    "newswire results": (
        "ALLEGHENY BEVERAGE CORP <ABEV> 4TH QTR LOSS",
        "Shr loss 12 cts vs profit 34 cts\n    Net loss 1,234,000 vs profit 3,456,000\n    Revs "
        "45.6 mln vs 50.1 mln\n    Avg shrs 10.2 mln vs 10.1 mln\n    Year\n    Shr profit 55 cts "
        "vs 1.02 dlrs",
    ),
    "newswire capitals": (
        "",
        "JAPAN FINANCE MINISTER MIYAZAWA SAID THE GROUP OF SEVEN AGREED TO STABILIZE THE DOLLAR "
        "AROUND CURRENT LEVELS. HE TOLD REPORTERS IN WASHINGTON THAT TOKYO WOULD TAKE FURTHER "
        "STEPS TO RAISE DOMESTIC DEMAND.",
    ),
    "newswire terms": (
        "BUNDESBANK SETS NEW REPURCHASE TENDER",
        "FRANKFURT, March 3 - Bundesbank sets 28-day repurchase tender at fixed rate 3.80 pct. "
        "Bids by 0900 GMT, allocation Wednesday, mln marks 14.9 vs 12.2 expiring.",
    ),
    "newswire dateline": (
        "DIAMOND SHAMROCK (DIA) CUTS CRUDE PRICES",
        "NEW YORK, FEB 26 - Diamond Shamrock Corp said that effective today it had cut its "
        "contract prices for crude oil by 1.50 dlrs a barrel.",
    ),
    "newswire table in capitals": (
        "NYMEX ENERGY FUTURES CLOSING",
        "CRUDE OIL APR 17.45 MAY 17.12 JUN 16.98 HEATING OIL APR 48.10 MAY 46.95 UNLEADED GASOLINE "
        "APR 49.40",
    ),
    "newswire table": (
        "ARGENTINE GRAIN BOARD FIGURES",
        "BUENOS AIRES, Feb 26 - Argentine grain board figures show crop registrations of grains, "
        "oilseeds: Bread wheat prev 1,655.8, Feb 872.0, March 164.6, total 2,692.4 (4,161.0).",
    ),
    "dividend": (
        "CORRECTED - MOBIL <MOB> SETS DIVIDEND",
        "Qtly div 55 cts vs 55 cts prior\n Pay June 10\n Record May 4",
    ),
    "Japanese names in capitals": (
        "",
        "NAKASONE, MIYAZAWA, TAKESHITA, ABE VIE FOR LDP PRESIDENCY, KYODO SAYS",
    ),
    "Korean names": (
        "",
        "Lee Jae-myung, Kim Moon-soo and Lee Jun-seok met Han Duck-soo, Choi Sang-mok and Woo "
        "Won-shik in Yeouido. Park Chan-dae, Kweon Seong-dong and Cho Kuk stayed away.",
    ),
    "Indian names": (
        "",
        "Narendra Modi, Amit Shah, Nirmala Sitharaman, Piyush Goyal and Subrahmanyam Jaishankar "
        "attended the Rashtriya Raksha conclave at Bharat Mandapam with Rajnath Singh and Yogi "
        "Adityanath.",
    ),
    "Indonesian names": (
        "",
        "Prabowo Subianto, Joko Widodo and Megawati Soekarnoputri of Partai Demokrasi Indonesia "
        "Perjuangan broke ground on Ibu Kota Nusantara with Bank Rakyat Indonesia and Perusahaan "
        "Listrik Negara.",
    ),
    "Filipino names": (
        "",
        "Ferdinand Marcos Jr., Sara Duterte, Bong Go, Bato dela Rosa and Leni Robredo traded barbs "
        "over Bagong Pilipinas at the Batasang Pambansa.",
    ),
    "Malay titles": (
        "",
        "Datuk Seri Anwar Ibrahim told Dewan Rakyat that Tun Dr Mahathir, Tan Sri Muhyiddin Yassin "
        "and Parti Islam Se-Malaysia backed the Rancangan Malaysia plan.",
    ),
    "Spanish names": (
        "",
        "Andrés Manuel López Obrador and Claudia Sheinbaum spoke in Ciudad Juárez, Nuevo León and "
        "San Luis Potosí; the Movimiento Regeneración Nacional and Partido Acción Nacional signed "
        "the accord.",
    ),
    "French names": (
        "",
        "Emmanuel Macron, Édouard Philippe, Gérald Darmanin and Élisabeth Borne left the Élysée "
        "for the Hôtel de Matignon, where Jean-Luc Mélenchon of La France Insoumise waited with "
        "Olivier Faure.",
    ),
    "Quebec": (
        "",
        "François Legault's Coalition avenir Québec tabled Bill 96, Loi sur la langue officielle "
        "et commune du Québec, le français, in the Assemblée nationale on Thursday.",
    ),
    "Vietnamese names": (
        "",
        "Nguyễn Phú Trọng, Phạm Minh Chính and Vương Đình Huệ received the delegation in Hà Nội "
        "before it left for Thành phố Hồ Chí Minh and Đà Nẵng.",
    ),
    "German companies": (
        "",
        "Deutsche Bank AG, Bayerische Motoren Werke AG, Volkswagen AG and Rheinisch-Westfälisches "
        "Elektrizitätswerk rose in Frankfurt; Süddeutsche Zeitung and Frankfurter Allgemeine "
        "reported talks.",
    ),
    "German names and offices": (
        "",
        "Bundeskanzler Friedrich Merz, Bundespräsident Frank-Walter Steinmeier, "
        "Bundestagspräsidentin Julia Klöckner.",
    ),
    "Polish names": (
        "",
        "Donald Tusk, Jarosław Kaczyński, Radosław Sikorski and Rafał Trzaskowski traded blame "
        "over Prawo i Sprawiedliwość cash; Platforma Obywatelska denied it.",
    ),
    "Turkish names": (
        "",
        "Recep Tayyip Erdoğan, Kemal Kılıçdaroğlu, Özgür Özel and Ekrem İmamoğlu attended the "
        "Cumhuriyet Halk Partisi congress; Adalet ve Kalkınma Partisi sent Ömer Çelik.",
    ),
    "Arabic names": (
        "",
        "Mohammed bin Salman bin Abdulaziz Al Saud, Mohamed bin Zayed Al Nahyan and Tamim bin "
        "Hamad Al Thani met Abdel Fattah el-Sisi at Sharm el-Sheikh.",
    ),
    "Irish names": (
        "",
        "Taoiseach Micheál Martin, Tánaiste Simon Harris and Ceann Comhairle Verona Murphy met at "
        "Áras an Uachtaráin; Fianna Fáil and Sinn Féin TDs left the Dáil.",
    ),
    "Welsh names": (
        "",
        "Plaid Cymru's Rhun ap Iorwerth and Llyr Gruffydd urged the Senedd to fund Cymdeithas yr "
        "Iaith Gymraeg in Caernarfon and Pwllheli.",
    ),
    "Maori": (
        "",
        "Te Pāti Māori co-leader Rawiri Waititi led a haka against the Treaty Principles Bill; "
        "kaumātua and iwi leaders from Ngāi Tahu called it an attack on te reo and tino "
        "rangatiratanga.",
    ),
    "a list of a cabinet": (
        "New cabinet in full",
        "Prime Minister: Shigeru Ishiba; Finance: Katsunobu Kato; Foreign Affairs: Takeshi Iwaya; "
        "Defence: Gen Nakatani; Trade: Yoji Muto; Agriculture: Taku Eto; Justice: Keisuke Suzuki",
    ),
    "Spanish quotation": (
        "",
        '"No vamos a ceder ante las amenazas de nadie," the president said in Mexico City on '
        "Monday. Her government will answer the tariffs within a week, officials said, and wants "
        "talks before that.",
    ),
    "French quotation first": (
        "",
        '"La France ne cédera pas, et l\'Europe non plus," Mr Macron told farmers in Rennes. The '
        "trade deal with South America would hurt them, he said, and he would vote against it in "
        "Brussels.",
    ),
    "Taglish mostly English": (
        "",
        'The senator said the new tariff is not fair to ordinary Filipinos, "kasi mahal na nga '
        'ang bigas," and asked the Department of Agriculture to explain the import order before '
        "the committee next week.",
    ),
    "Hinglish mostly English": (
        "",
        "The finance minister told Parliament the Jan Dhan Yojana, Ujjwala and PM Kisan Samman "
        'Nidhi would go on. "Sabka saath, sabka vikas," she said, and cut the duty on gold to '
        "six percent.",
    ),
    "Singlish": (
        "",
        "Hawkers at the kopitiam said prices will go up lah, because the GST goes to nine percent "
        "in January and the uncle selling chicken rice cannot absorb the cost.",
    ),
    "Nigerian English": (
        "",
        "The Naira don fall again, traders in Lagos complained, as the Central Bank of Nigeria "
        "devalued and the Dangote refinery cut its petrol price; Tinubu's aides urged patience.",
    ),
    "Jamaican English": (
        "",
        "Di Prime Minister seh de tariff not fair, vendors in Kingston's Coronation Market told "
        "The Gleaner, but importers said the duty was needed.",
    ),
    "Scottish English": (
        "",
        "The First Minister told Holyrood that whisky distillers in Speyside and on Islay need an "
        "exemption from the American tariff, and that it was a wee bit late for London to wake up.",
    ),
    "bilingual English first": (
        "Statement by the Prime Minister on tariffs",
        "The Prime Minister today announced counter-measures against the tariffs imposed by the "
        "United States on Canadian steel and aluminum. The measures take effect at midnight and "
        "will remain until the tariffs are lifted.\n\nLe premier ministre a annoncé aujourd'hui "
        "des contre-mesures à la suite des droits de douane imposés par les États-Unis sur l'acier "
        "et l'aluminium canadiens. Les mesures entrent en vigueur à minuit.",
    ),
    "bilingual with Korean": (
        "Korea, US hold talks on tariffs",
        "Korea and the United States held talks on tariffs in Washington on Monday, the trade "
        "ministry said.\n\n한국과 미국은 월요일 워싱턴에서 관세 협상을 했다고 산업통상자원부가 "
        "밝혔다. 양측은 다음 주에 다시 만나기로 했다.",
    ),
    "Chinese in brackets": (
        "",
        "Huawei (华为), SMIC (中芯国际) and YMTC (长江存储) were added to the list, the Commerce "
        "Department said. The Chinese Ministry of Commerce (商务部) called it bullying.",
    ),
    "a Chinese title": (
        "美国宣布新关税",
        "The United States announced new tariffs on Chinese electric vehicles on Monday, and "
        "Beijing said it would respond in kind within days.",
    ),
    "Cyrillic names": (
        "",
        "The paper Коммерсантъ and the agency РИА Новости said Sergei Lavrov would fly to "
        "Pyongyang next week.",
    ),
    "legal": (
        "",
        "Be it enacted by the Senate and House of Representatives of the United States of America "
        "in Congress assembled, that this Act may be cited as the Tariff Act.",
    ),
    "old English": (
        "",
        "Whereas the said Commissioners shall henceforth levy upon all wares and merchandizes "
        "imported out of foreign realms a duty of five shillings in the pound.",
    ),
    "numbers": ("", "3.5 4.6 7.8 12.1 -0.3 2026 2025 2024 GDP CPI PPI"),
    "table": (
        "Closing prices",
        "AAPL 189.2 +1.2 MSFT 410.3 -0.4 NVDA 880.1 +3.3 TSLA 170.0 -2.0 AMZN 178.8 GOOG 140.1",
    ),
    "tweet": (
        "",
        "RT @POTUS: Tariffs on EU wine & cheese start Feb 1!! #MAGA #tariffs https://t.co/abc",
    ),
    "loan words": (
        "",
        "Détente gave way to realpolitik: the junta's coup d'état, a fait accompli, left the "
        "ancien régime's apparatchiks persona non grata.",
    ),
    "emoji": ("", "🔥🔥🔥 Tariffs!!! 😂😂 lol they did it again 🇨🇦🇲🇽"),
    "bill title": ("", "To suspend temporarily the duty on Fast Magenta 2 Stage."),
    "chemicals": (
        "",
        "To suspend temporarily the duty on 2,4-dichloro-5-fluoroacetophenone and "
        "N-phenyl-p-phenylenediamine mixtures.",
    ),
    "football": (
        "Real Madrid 2-1 Bayern München",
        "Vinícius Júnior and Rodrygo scored for Real Madrid; Kane replied for Bayern München at "
        "the Santiago Bernabéu.",
    ),
    "a long foreign name": ("", "Bundesverfassungsgericht rules on ESM"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_another_language_is_refused(name: str) -> None:
    assert not is_english(read(*FOREIGN[name]))


@pytest.mark.parametrize("name", ENGLISH)
def test_english_is_read_whatever_names_are_in_it(name: str) -> None:
    assert is_english(read(*ENGLISH[name]))


@pytest.mark.parametrize("text", ["", "...", "42", "Merci", "Guten Morgen", "\U0001f600", "\x00"])
def test_what_is_too_short_to_tell_is_read(text: str) -> None:
    assert is_english(read("", text))


def test_no_english_example_is_refused() -> None:
    examples = read_dataset([own_examples()]).examples
    assert [one.id for one in examples if not is_english(read(one.title, one.text))] == []


def test_english_in_capitals_is_read() -> None:
    examples = read_dataset([own_examples()]).examples
    loud = [read(one.title.upper(), one.text.upper()) for one in examples]
    assert all(map(is_english, loud))


@pytest.mark.parametrize(
    "piece",
    [
        "\ud800",
        "\ufffe\uffff",
        "\U0010ffff",
        "\x80\x9f",
        "\u0301",
        "<html lang=fr>",
        "&amp;&#233;",
        "\u00e9",
        "\u6f22",
        "x",
        "of ",
        "de ",
    ],
)
def test_no_text_is_too_strange_or_too_long(piece: str) -> None:
    begin = time.perf_counter()
    for field in (piece, piece * 100, "The minister " + piece * 100, piece * (MIB // len(piece))):
        document = read("", field)
        assert is_english(document) is is_english(document)
    assert time.perf_counter() - begin < 20


def test_the_answer_is_the_same_in_every_thread() -> None:
    documents = [read(*texts) for texts in (*FOREIGN.values(), *ENGLISH.values())] * 20
    alone = list(map(is_english, documents))
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(is_english, documents)) == alone
