"""The words that rules about speech know, one table a language: verbs of saying, pronouns, roles, institutions."""

from __future__ import annotations

from dataclasses import dataclass


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class Speech:
    """How a language tells who speaks: `dashed` where a dash parts the words from their verb, `behind` where a
    verb's helper follows it, `last` where of a run of capitals only the end is the name ("Србије Александар Вучић")."""

    verbs: frozenset[str]
    he: frozenset[str]
    she: frozenset[str]
    according: tuple[str, ...]
    dashed: bool = False
    behind: frozenset[str] = frozenset()
    last: bool = False


# Verbs that take words: "said", "told reporters".
SAYING = word_set(
    "said says say saying told tells tell telling added adds adding wrote writes writing warned warns warning argued "
    "argues arguing claimed claims claiming insisted insists insisting replied replies answered answers asked asks "
    "explained explains explaining announced announces declared declares stated states noted notes noting recalled "
    "recalls remarked remarks observed observes concluded concludes countered counters conceded concedes admitted "
    "admits acknowledged acknowledges confirmed confirms denied denies promised promises pledged pledges vowed vows "
    "predicted predicts cautioned cautions joked jokes quipped quips shouted shouts cried cries whispered whispers "
    "murmured muttered exclaimed suggested suggests stressed stresses emphasised emphasized emphasises emphasizes "
    "reiterated urged urges complained complains commented comments responded responds retorted tweeted tweets posted "
    "posts testified testifies reported reports believes believed thinks thought hopes hoped maintained maintains "
    "asserted asserts alleged alleges continued continues began begins agreed agrees disagreed revealed reveals "
    "disclosed estimated estimates boasted lamented laments mused sighed joked recounted recounts remembers remembered "
    "proclaimed stipulated reads read quoted assured assures reassured contended contends advised advises repeated "
    "repeats objected objects protested interjected pleaded pleads begged chanted sang"
)
# Verbs that judge in somebody's words: "called it “a gift”"; they tell nothing without quotation marks.
CALLING = word_set(
    "called calls calling described describes describing accused accuses accusing dismissed dismisses denounced "
    "denounces hailed hails praised praises labelled labeled branded criticised criticized condemned condemns "
    "referred refers characterised characterized termed dubbed likened put puts spoke speaks blamed defended thanked "
    "invited demanded demands expressed rejected"
)
AUXILIARY = word_set(
    "has have had also then later now once again still already would will was is been later not did does"
)
ADVERBS_MORE = word_set("on monday tuesday wednesday thursday friday saturday sunday today yesterday")
# After these a verb tells what was said without marks: "said that", "told reporters that".
REPORTING = SAYING - word_set("asked asks began begins read reads chanted sang shouted shouts sighed quoted remembers "
                          "remembered thought thinks whispered murmured muttered disagreed continued continues "
                          "telling saying agreed agrees urged urges")  # fmt: skip

# Only these tell it without "that" too: "said the talks were over"; "declared a state of emergency" tells nothing.
PLAINLY = word_set("said says say told tells tell added adds argued argues insisted insists testified testifies believes "
               "believed thinks hopes hoped noted notes claims claimed suggests suggested warned warns tweeted wrote")  # fmt: skip
# And after these a sentence tells what its subject said, though not in which words; "put" and "dismissed" tell other things.
TELLING = REPORTING | (CALLING - word_set("put puts dismissed dismisses defended invited termed dubbed branded blamed"))

EN = Speech(SAYING | CALLING, word_set("he"), word_set("she"), ("according to", "in the words of"))
RU = Speech(
    word_set(
        "сказал сказала сказали говорит говорил говорила заявил заявила заявили заявляет сообщил сообщила сообщили "
        "сообщает сообщается добавил добавила добавили отметил отметила отметили отмечает подчеркнул подчеркнула "
        "рассказал рассказала рассказывает пояснил пояснила объяснил объяснила уточнил уточнила написал написала пишет "
        "считает полагает уверен уверена возразил возразила ответил ответила спросил спросила предупредил предупредила "
        "признал признала признался призналась пообещал пообещала напомнил напомнила заверил заверила резюмировал "
        "заключил заключила продолжил продолжила указал указала утверждает цитирует назвал назвала обратился "
        "доложил доложила заметил заметила констатировал констатировала посетовал посетовала воскликнул воскликнула "
        "парировал парировала пошутил пошутила согласился согласилась настаивает настаивал настаивала утверждал утверждала "
        "прокомментировал прокомментировала поделился поделилась вспоминает вспомнил вспомнила деді дейді айтты мәлімдеді"
    ),
    word_set("он ол"), word_set("она"), ("по словам", "как сказал"), dashed=True, last=True,
)  # fmt: skip
SR = Speech(
    word_set(
        "rekao rekla rekli kaže kazao kazala izjavio izjavila dodao dodala naveo navela istakao istakla poručio "
        "poručila napisao napisala objasnio objasnila naglasio naglasila odgovorio odgovorila upozorio upozorila "
        "saopštio saopštila saopštilo ocenio ocenila priznao priznala tvrdi smatra najavio najavila pitao upitao "
        "рекао рекла рекли каже казао казала изјавио изјавила додао додала навео навела истакао истакла поручио "
        "поручила написао написала објаснио објаснила нагласио нагласила одговорио одговорила упозорио упозорила "
        "саопштио саопштила саопштило оценио оценила признао признала тврди сматра најавио најавила"
    ),
    word_set("on он"), word_set("ona она"), ("prema rečima", "према речима"), behind=word_set("je је su су"), last=True,
)  # fmt: skip
LANGUAGES = {"ru": RU, "kk": RU, "uk": RU, "be": RU, "ky": RU, "sr": SR, "hr": SR, "bs": SR, "mk": SR}

# Who people are: "the minister said"; a capitalised one before a name is no part of it.
ROLES = word_set(
    "president minister premier chancellor mayor governor senator congressman congresswoman deputy secretary commissioner "
    "ambassador envoy king queen prince princess leader head chief chairman chairwoman chairperson chair director manager "
    "executive ceo founder owner boss spokesman spokeswoman spokesperson official officer general admiral colonel captain "
    "major lieutenant sergeant commander inspector detective judge justice prosecutor lawyer attorney solicitor doctor "
    "dr nurse professor prof teacher scientist researcher economist analyst historian expert engineer architect author "
    "writer novelist poet journalist reporter editor actor actress singer musician organist conductor composer artist "
    "painter director filmmaker producer coach captain trainer player striker goalkeeper midfielder defender judoka boxer "
    "champion athlete driver pilot astronaut farmer baker fisherman trader shopkeeper resident neighbour neighbor witness "
    "victim student pupil activist campaigner organiser organizer volunteer rescuer firefighter policeman treasurer speaker "
    "pope bishop archbishop cardinal rabbi imam father sister brother mother son daughter wife husband sir dame lord lady "
    "mr mrs ms miss rep sen gov gen col capt lt sgt rev auditor curator librarian physicist biologist chemist "
    "climatologist meteorologist geologist seismologist astronomer mathematician psychologist billionaire investor "
    "banker trustee counsel counsellor councillor councilman congressperson lawmaker mp legislator aide adviser advisor "
    "colleague counterpart administrator superintendent principal dean rector president-elect vice attaché consul "
    "sheriff marshal republican democrat secretary-general co-founder co-chair consultant analyst guide whip nominee candidate contestant resident-physician grandmaster cosmonaut skipper referee umpire critic publisher presenter host owner colleague historian man woman"
)
LEADING = word_set(
    "prime foreign energy health finance interior defence defense education transport environment economy internal "
    "market industry agriculture justice culture trade labour labor home first former acting deputy vice rear fire police "
    "county state district climate associate assistant senior chief lead head national federal us uk french german british "
    "american russian chinese japanese serbian kazakh ukrainian italian spanish turkish indian european israeli iranian "
    "republican democratic democrat labour tory conservative opposition party digital"
)
INSTITUTIONS = word_set(
    "commission ministry air bank university council department agency office court union association federation party group "
    "company corporation corp inc ltd airlines airways air institute committee organization organisation church board "
    "parliament senate congress police service authority union league club hospital government fund foundation center "
    "centre museum network institution times post news herald tribune journal guardian house bureau treasury navy army "
    "administration alliance front watch rights international motors systems technologies energy airport society nations "
    "street school college media press broadcasting"
)
# What stands for an institution: "the airline said".
COLLECTIVE = word_set(
    "company airline carrier ministry bank agency commission firm group university council department government party "
    "union club museum court police organisation organization association federation institute fund regulator watchdog "
    "broadcaster newspaper operator maker manufacturer carmaker developer startup retailer charity committee team studio "
    "hospital authority office authorities service bureau institution"
)
# Capitalised at the head of a sentence, and nobody's name.
CROWDS = word_set(
    "police people officials prosecutors experts critics supporters opponents witnesses authorities analysts"
)
# Before words in marks: the name of a work, or words as words.
TITLED = word_set(
    "book novel film movie documentary song album play series show article essay memoir magazine paper titled entitled "
    "named headlined nicknamed so-called dubbed term terms word words phrase slogan motto hashtag headline like reading "
    "roman kniga"
)
DETERMINERS = word_set(
    "the a an his her its their our my your one another some this that every each any two three several many"
)
INDEFINITE = word_set("a an one another some every each any two three several many his her its their our my your")
PARTICLES = word_set("de van von der den del della di da dos das du la le el al bin ibn ter ten af zu")
# Capitalised at the head of a sentence, and on days and months: never part of a name.
NO_NAME = word_set(
    "the a an his her its their our my your he she it they we i you this that these those there here one two three four "
    "five six seven eight nine ten after before when while as at by for from in into of on over under with without and "
    "but or so yet if because since until although though however meanwhile later earlier then now today yesterday "
    "tomorrow both all some many most few several another other each every no not none nobody asked speaking according "
    "despite during about against among what who why how where which whose nor only even still also just such "
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december latest out up down off yes well instead soon recently earlier shortly"
)
# A few given names, where no pronoun has told yet.
GIVEN_HE = word_set(
    "adam alexander aleksandar alan albert andrew anthony antonio arjun aziz ben bernard bill bob boris brian carlos "
    "charles christopher daniel david dmitry donald edward elon emmanuel eric ethan francis frank fred george giorgio "
    "hans harry henry ivan jack jacob james jan jason jean jeff jim joe john jonathan jose joseph juan justin karl keir "
    "kevin larry liam luc luke marc marco mario mark martin matthew michael mike mohammed nicolas nikola nuno oliver oscar "
    "patrick paul pavel peter petar philip pierre recep richard rishi robert roger ronald sam samuel sergei simon stefan "
    "stephen steve steven thomas tim tom tomas tony victor viktor vladimir volodymyr walter william xi"
)
GIVEN_SHE = word_set(
    "alice amanda amina amy ana angela anna anne barbara beatriz carla caroline catherine charlotte christine claire diana "
    "dorothy elena eleni elizabeth ella elly emily emma eva fatima giorgia hannah helen helena ingrid irene isabel jane "
    "jennifer jessica joan julia karen kate katherine katrin kim laura lena linda lisa lucy lucía maria mariana marija marie "
    "marta mary melania michelle milica miriam monica nadia nancy natalia nina olga patricia priya rachel rebecca rosa ruth "
    "sandra sara sarah silje sofia sophie susan teresa theresa ursula vera victoria zarina"
)
