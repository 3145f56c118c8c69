"""Parallel text to test with: the real samples beside the checkout, or a small one of our own.

`PARALLEL_TEXT` is written for this file: simple sentences as in captions, three about each scene.
"""

import json
from html import unescape
from pathlib import Path

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"

_LANGUAGES = ("en", "de", "fr", "ja", "ko", "zh")

# One sentence a block: English, German, French, Japanese, Korean, Chinese.
_TEXT = """
A brown dog runs across the beach.
Ein brauner Hund rennt über den Strand.
Un chien brun court sur la plage.
茶色い犬が浜辺を走っています。
갈색 개가 해변을 달리고 있습니다.
一只棕色的狗在海滩上奔跑。

The dog is chasing a red ball.
Der Hund jagt einem roten Ball nach.
Le chien poursuit une balle rouge.
その犬は赤いボールを追いかけています。
그 개는 빨간 공을 쫓고 있습니다.
这只狗在追一个红球。

A cat sleeps on the roof.
Eine Katze schläft auf dem Dach.
Un chat dort sur le toit.
猫が屋根の上で眠っています。
고양이 한 마리가 지붕 위에서 자고 있습니다.
一只猫在屋顶上睡觉。

Two children are building a snowman.
Zwei Kinder bauen einen Schneemann.
Deux enfants font un bonhomme de neige.
二人の子どもが雪だるまを作っています。
두 아이가 눈사람을 만들고 있습니다.
两个孩子在堆雪人。

It is cold and there is snow everywhere.
Es ist kalt und überall liegt Schnee.
Il fait froid et il y a de la neige partout.
寒くて、あたり一面に雪が積もっています。
날씨가 춥고 온 사방에 눈이 쌓여 있습니다.
天气很冷，到处都是雪。

The children are swimming in a lake.
Die Kinder schwimmen in einem See.
Les enfants nagent dans un lac.
子どもたちは湖で泳いでいます。
아이들이 호수에서 수영하고 있습니다.
孩子们在湖里游泳。

An old man plays the guitar on a bench.
Ein alter Mann spielt auf einer Bank Gitarre.
Un vieil homme joue de la guitare sur un banc.
年老いた男性がベンチでギターを弾いています。
한 노인이 벤치에 앉아 기타를 치고 있습니다.
一位老人坐在长椅上弹吉他。

The man is making music in the park.
Der Mann macht im Park Musik.
L'homme fait de la musique dans le parc.
男性が公園で音楽を演奏しています。
남자가 공원에서 음악을 연주하고 있습니다.
那个男人在公园里演奏音乐。

A young woman is driving a truck.
Eine junge Frau fährt einen Lastwagen.
Une jeune femme conduit un camion.
若い女性がトラックを運転しています。
젊은 여자가 트럭을 운전하고 있습니다.
一位年轻女子在开卡车。

A woman in a white coat looks through a microscope.
Eine Frau in einem weißen Kittel schaut durch ein Mikroskop.
Une femme en blouse blanche regarde dans un microscope.
白衣を着た女性が顕微鏡をのぞいています。
흰 가운을 입은 여자가 현미경을 들여다보고 있습니다.
一位穿白大褂的女士正在看显微镜。

The scientist works in a laboratory.
Die Wissenschaftlerin arbeitet in einem Labor.
La scientifique travaille dans un laboratoire.
その科学者は研究室で働いています。
그 과학자는 실험실에서 일합니다.
这位科学家在实验室工作。

The woman is cooking dinner for her family.
Die Frau kocht das Abendessen für ihre Familie.
La femme prépare le dîner pour sa famille.
女性は家族のために夕食を作っています。
여자가 가족을 위해 저녁 식사를 준비하고 있습니다.
女人在为家人做晚饭。

A man repairs a bicycle in front of his garage.
Ein Mann repariert vor seiner Garage ein Fahrrad.
Un homme répare un vélo devant son garage.
男性がガレージの前で自転車を修理しています。
한 남자가 차고 앞에서 자전거를 고치고 있습니다.
一个男人在车库前修自行车。

Somebody is fixing a bike outdoors.
Jemand repariert draußen ein Fahrrad.
Quelqu'un répare une bicyclette en plein air.
誰かが屋外で自転車を直しています。
누군가가 야외에서 자전거를 수리하고 있습니다.
有人在户外修理自行车。

The bicycle belongs to his daughter.
Das Fahrrad gehört seiner Tochter.
Le vélo appartient à sa fille.
その自転車は彼の娘のものです。
그 자전거는 그의 딸의 것입니다.
这辆自行车是他女儿的。

Three horses stand in a green field.
Drei Pferde stehen auf einer grünen Wiese.
Trois chevaux se tiennent dans un pré vert.
三頭の馬が緑の野原に立っています。
말 세 마리가 푸른 들판에 서 있습니다.
三匹马站在绿色的田野里。

The animals are eating grass.
Die Tiere fressen Gras.
Les animaux mangent de l'herbe.
動物たちが草を食べています。
동물들이 풀을 먹고 있습니다.
动物们在吃草。

The horses are locked in a stable.
Die Pferde sind in einem Stall eingesperrt.
Les chevaux sont enfermés dans une écurie.
馬は馬小屋に閉じ込められています。
말들이 마구간에 갇혀 있습니다.
马被关在马厩里。

A crowd waits for the train at the station.
Eine Menschenmenge wartet am Bahnhof auf den Zug.
Une foule attend le train à la gare.
大勢の人が駅で電車を待っています。
많은 사람들이 역에서 기차를 기다리고 있습니다.
一群人在车站等火车。

The train is late because of the storm.
Der Zug hat wegen des Sturms Verspätung.
Le train est en retard à cause de la tempête.
嵐のため電車が遅れています。
폭풍 때문에 기차가 늦어지고 있습니다.
由于暴风雨，火车晚点了。

The platform is completely empty.
Der Bahnsteig ist völlig leer.
Le quai est complètement vide.
プラットホームには誰もいません。
승강장이 텅 비어 있습니다.
站台上空无一人。

A girl in a yellow dress blows soap bubbles.
Ein Mädchen in einem gelben Kleid macht Seifenblasen.
Une fille en robe jaune fait des bulles de savon.
黄色いワンピースを着た女の子がシャボン玉を吹いています。
노란 원피스를 입은 소녀가 비눗방울을 불고 있습니다.
一个穿黄裙子的女孩在吹肥皂泡。

The girl is celebrating her birthday.
Das Mädchen feiert seinen Geburtstag.
La fille fête son anniversaire.
女の子は誕生日を祝っています。
소녀가 생일을 축하하고 있습니다.
女孩在庆祝她的生日。

A boy is reading a book in bed.
Ein Junge liest im Bett ein Buch.
Un garçon lit un livre au lit.
男の子がベッドで本を読んでいます。
한 소년이 침대에서 책을 읽고 있습니다.
一个男孩在床上看书。

Four firefighters climb a ladder to a burning house.
Vier Feuerwehrleute steigen auf einer Leiter zu einem brennenden Haus.
Quatre pompiers montent sur une échelle vers une maison en feu.
四人の消防士が燃えている家へはしごを登っています。
소방관 네 명이 불타는 집으로 사다리를 오르고 있습니다.
四名消防员爬上梯子，奔向着火的房子。

There is smoke above the building.
Über dem Gebäude ist Rauch.
Il y a de la fumée au-dessus du bâtiment.
建物の上に煙が上がっています。
건물 위로 연기가 피어오르고 있습니다.
建筑物上方有烟。

The firefighters are eating lunch.
Die Feuerwehrleute essen zu Mittag.
Les pompiers déjeunent.
消防士たちは昼食を食べています。
소방관들이 점심을 먹고 있습니다.
消防员们在吃午饭。

A sailor paints the name of his boat.
Ein Matrose malt den Namen seines Bootes.
Un marin peint le nom de son bateau.
船乗りが自分の船の名前を描いています。
한 선원이 자기 배의 이름을 칠하고 있습니다.
一名水手在给他的船漆上名字。

The boat is new and has never left the harbour.
Das Boot ist neu und hat den Hafen noch nie verlassen.
Le bateau est neuf et n'a jamais quitté le port.
その船は新しく、まだ一度も港を出たことがありません。
그 배는 새것이며 항구를 떠난 적이 없습니다.
这艘船是新的，从未离开过港口。

The boat is sinking in the middle of the ocean.
Das Boot sinkt mitten im Ozean.
Le bateau coule au milieu de l'océan.
船は大海の真ん中で沈みかけています。
배가 바다 한가운데에서 가라앉고 있습니다.
船正在大洋中央下沉。

A baker takes fresh bread out of the oven.
Ein Bäcker holt frisches Brot aus dem Ofen.
Un boulanger sort du pain frais du four.
パン屋が焼きたてのパンをオーブンから取り出しています。
제빵사가 오븐에서 갓 구운 빵을 꺼내고 있습니다.
面包师从烤箱里取出新鲜的面包。

The bread is hot.
Das Brot ist heiß.
Le pain est chaud.
そのパンは熱いです。
그 빵은 뜨겁습니다.
面包是热的。

The shop sells only shoes.
Das Geschäft verkauft nur Schuhe.
Le magasin ne vend que des chaussures.
その店は靴だけを売っています。
그 가게는 신발만 팝니다.
这家店只卖鞋子。

A cyclist wearing a helmet rides through the rain.
Ein Radfahrer mit Helm fährt durch den Regen.
Un cycliste portant un casque roule sous la pluie.
ヘルメットをかぶった自転車の選手が雨の中を走っています。
헬멧을 쓴 자전거 선수가 빗속을 달리고 있습니다.
一名戴头盔的骑车人在雨中骑行。

The road is wet.
Die Straße ist nass.
La route est mouillée.
道路がぬれています。
도로가 젖어 있습니다.
路面是湿的。

The cyclist is winning the race.
Der Radfahrer gewinnt das Rennen.
Le cycliste est en train de gagner la course.
その選手はレースに勝とうとしています。
그 자전거 선수가 경주에서 이기고 있습니다.
这名骑车人即将赢得比赛。

A teacher writes numbers on the blackboard.
Eine Lehrerin schreibt Zahlen an die Tafel.
Une enseignante écrit des nombres au tableau noir.
先生が黒板に数字を書いています。
선생님이 칠판에 숫자를 쓰고 있습니다.
老师在黑板上写数字。

The pupils are learning mathematics.
Die Schüler lernen Mathematik.
Les élèves apprennent les mathématiques.
生徒たちは数学を勉強しています。
학생들이 수학을 배우고 있습니다.
学生们在学数学。

The classroom has no windows.
Das Klassenzimmer hat keine Fenster.
La salle de classe n'a pas de fenêtres.
その教室には窓がありません。
그 교실에는 창문이 없습니다.
这间教室没有窗户。

A couple dances at a wedding.
Ein Paar tanzt auf einer Hochzeit.
Un couple danse à un mariage.
カップルが結婚式で踊っています。
한 쌍의 남녀가 결혼식에서 춤을 추고 있습니다.
一对男女在婚礼上跳舞。

The guests are clapping their hands.
Die Gäste klatschen in die Hände.
Les invités tapent dans leurs mains.
客たちが手をたたいています。
손님들이 손뼉을 치고 있습니다.
客人们在鼓掌。

Nobody came to the party.
Niemand kam zu der Feier.
Personne n'est venu à la fête.
パーティーには誰も来ませんでした。
파티에 아무도 오지 않았습니다.
没有人来参加聚会。

A farmer drives a tractor over the field.
Ein Bauer fährt mit einem Traktor über das Feld.
Un fermier conduit un tracteur dans le champ.
農夫が畑でトラクターを運転しています。
농부가 밭에서 트랙터를 몰고 있습니다.
农民在田里开拖拉机。

He is going to plant potatoes.
Er wird Kartoffeln pflanzen.
Il va planter des pommes de terre.
彼はじゃがいもを植えるつもりです。
그는 감자를 심을 것입니다.
他要种土豆。

The tractor is parked in the city.
Der Traktor ist in der Stadt geparkt.
Le tracteur est garé en ville.
トラクターは街に止めてあります。
트랙터가 도시에 주차되어 있습니다.
拖拉机停在城里。

A photographer takes a picture of the mountains.
Ein Fotograf macht ein Bild von den Bergen.
Un photographe prend une photo des montagnes.
写真家が山の写真を撮っています。
사진작가가 산의 사진을 찍고 있습니다.
一位摄影师在拍山的照片。

The sun is setting.
Die Sonne geht unter.
Le soleil se couche.
太陽が沈んでいきます。
해가 지고 있습니다.
太阳正在落山。

The camera is broken.
Die Kamera ist kaputt.
L'appareil photo est cassé.
そのカメラは壊れています。
그 카메라는 고장 났습니다.
相机坏了。
"""

PARALLEL_TEXT: tuple[dict[str, str], ...] = tuple(
    dict(zip(_LANGUAGES, block.splitlines(), strict=True)) for block in _TEXT.strip().split("\n\n")
)
"""48 sentences, each by ISO code of its language."""


def sentence_pairs(lang: str) -> list[tuple[str, str]]:
    """Distinct English sentences with one translation into de, fr, ja, ko or zh.

    Captions with Google's translations; for fr, XVNLI's hypotheses with their first human one.
    """
    if not SAMPLES.exists():
        return [(sentence["en"], sentence[lang]) for sentence in PARALLEL_TEXT]
    if lang == "fr":
        english, french = (
            [json.loads(line)["sentence2"] for line in path.read_text("utf-8").splitlines()]
            for path in (SAMPLES / "xvnli_test_en.jsonl", SAMPLES / "xvnli_test_fr.jsonl")
        )
        rows = list(zip(english, french, strict=True))
    else:
        lines = (SAMPLES / f"captions_{lang}.tsv").read_text("utf-8").splitlines()
        rows = [(source, text) for _, source, text in (line.split("\t") for line in lines)]
    first: dict[str, str] = {}
    for source, text in rows:
        first.setdefault(" ".join(unescape(source).split()), unescape(text).strip())
    return list(first.items())
