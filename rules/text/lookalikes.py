"""Letters and signs of all scripts by the Latin letter or digit that they pass for."""

from __future__ import annotations

_ROWS = (
    ("0", "🄍"),
    ("1", "➀∣⏽￨۱𐌠Ⲓⵏᛁꓲ𖼨𐊊𐌉ǀ"),
    ("10", "➉"),
    ("2", "ꝚƧϨꙄᒿꛯ➁ƻ"),
    ("3", "𝈆ꞫȜƷꝪⳌЗӠ𖼻𑣊➂Ҙ"),
    ("4", "Ꮞ𑢯➃"),
    ("5", "Ƽ𑢻➄"),
    ("6", "ⳒбᏮ𑣕➅"),
    ("7", "𝈒𐓒𑣆➆"),
    ("8", "\u0b03৪੪ȣȢ𐌚➇"),
    ("9", "੧୨৭൭ꝮⳊ𑣌𑢬𑣖➈ꝰ"),
    ("a", "аαɑΑАᴀᎪᗅꓮ∂⍺𖽀𐊠⍶ẚ"),
    ("b", "ƄЬьʙᏴΒВβᗷꓐᏏᑲᖯꞴ𐊂𐊡𐌁ɓᑳƃƂБƀҍҌѣѢ"),
    ("c", "сϲⅽᴄСᏟϹꓚ¢ᑕⲥ𐐽🝌𑣲𑣩Ⲥ𐊢𐌂𐐕𐔜ȼ₡ҫҪ"),
    ("d", "ԁđðɖᎠᗞꓓᴅⅾᏧᑯꓒᗪɗƌ₫"),
    ("e", "еєεҽΕЕᎬᴇꓰ€ɛ℮ꬲ⋿ⴹ𑢦𑢮𐊆ɇɆҿ"),
    ("f", "ƒғꜰϝꓝᖴꬵꞙẝք𝈓Ꞙ𑣂𑢢𐊇𐊥𐔥ᵮ"),
    ("g", "ɡցԍɢᏀꓖᶃƍᏳɠǥǤ"),
    ("h", "һհħʜΗНнᎻꓧᏂⲎᕼ𐋏ɦꚕᏲⱧҢћӉӇ"),
    ("i", "іıɩɪιΙІɨᎥ˛⍳ͺꙇ𑣃⍸ᵻᵼ"),
    ("j", "јϳЈᴊᎫꓙꞲᒍɉɈ"),
    ("k", "кκΚКᴋᏦꓗⲔᛕ𐔘ƙⱩҚ₭ꝀҞ"),
    ("l", "ӏłʟᏞꓡⅼ£\ufe8d𝈪Ⳑᒪ𖼖𑢣𑢲𐐛𐔦ɭƚɫᣳ"),
    ("m", "мⅿΜМᴍᎷꓟϺⲘᗰᛖ𐊰𐌑Ӎ𑣣𑜀₥ɱᵯꭑ"),
    ("n", "ոռηɴΝꓠпŋⲚ𐔓𐆎ɳƞƝᵰɲ"),
    (
        "o",
        "оοσօΟОøᴏꓳ०੦\u0c02\u0c82\u0d02\u0d82૦௦౦೦൦๐໐၀۵ᴑꬽⲟჿഠဝ𐓪𑣈𑣗𐐬০୦〇𑓐𑣠Ⲟⵔዐଠ𐓂𑢵𐊒𐊫𐐄𐔖ꬾⵁɵꝋөѳꮎꮻ⊖⊝⍬𝈚🜔ƟꝊ"
        "θϑ𝛉𝛝𝜃𝜗𝜽𝝑𝝷𝞋𝞱𝟅Θϴ𝚯𝚹𝛩𝛳𝜣𝜭𝝝𝝧𝞗𝞡ӨѲⴱᎾᏫꭴ",
    ),
    ("p", "рρΡРᴘᏢꓑþ℗⍴ⲣⲢᑭ𐊕ƥᵽᣖ"),
    ("q", "ԛգզⵕʠ"),
    ("r", "гᴦʀᏒᎡꓣꭇꭈⲅꮁ𝈖𐒴ᖇ𖼵ɽɼɍᵲᣴ"),
    ("s", "ѕꜱЅᏚꓢ\u00a7ƽ𑣁𐑈ՏᏕ𖼺𐊖𐐠ʂᵴᣵ"),
    ("t", "тτΤТᴛᎢꓔŧ⊤⟙🝨Ⲧ𖼊𑢼𐊗𐊱𐌕ƭ⍡ȾƮҬ₮ᵵƫ"),
    ("u", "υսμцᴜꓴꞟꭎꭒʋ𐓶𑣘∪⋃ሀ𐓎ᑌ𖽂𑢸ᵾꮜɄᏌ"),
    ("v", "νѵᴠᏙꓦⅴ∨⋁𑜆𑣀𝈍۷ⴸᐯꛟ𖼈𑢠𐔝𐆗🜈"),
    ("w", "ԝωшᴡᎳꓪɯѡա𑜊𑜎𑜏𑣯𑣦Ꮤѽ𑓅₩ꝡ"),
    ("x", "хχΧХꓫⅹ×\u166e⤫⤬⨯ᕁᕽ᙭╳𐌢𑣬ꞳⲬⵝᚷ𐊐𐊴𐌗𐔧⨰Ҳ𐆖"),
    ("y", "уүγΥУʏҮꓬ¥ɣᶌỿꭚყ𑣜ⲨᎩᎽ𖽃𑢤𐊲ƴɏұɎҰ"),
    ("z", "ᴢΖᏃꓜ𑣄𐋵𑣥𑢩ʐƶƵȥȤᵶᙆ"),
    ("aa", "ꜳꜲ"),
    ("ae", "æÆӕӔ"),
    ("ao", "ꜵꜴ"),
    ("ar", "🜇"),
    ("au", "ꜷꜶ"),
    ("av", "ꜹꜻꜸꜺ"),
    ("ay", "ꜽꜼ"),
    ("bl", "Ы"),
    ("dz", "ʣ"),
    ("ll", "\u2016∥ǁ𐆙"),
    ("lo", "Ю"),
    ("ls", "ʪ"),
    ("lt", "₶"),
    ("lz", "ʫ"),
    ("mb", "🝫"),
    ("oe", "œŒ"),
    ("oo", "ꝏꚙꝎꚘ"),
    ("qe", "🜀"),
    ("ss", "ß"),
    ("t3", "Ꜩ"),
    ("tf", "ꝷ"),
    ("ts", "ʦ"),
    ("ue", "ᵫ"),
    ("uo", "ꭣ"),
    ("vb", "🝬"),
)

LOOKALIKES = {source: target for target, sources in _ROWS for source in sources}
"""What Unicode Technical Standard 39's table of confusables (Unicode licence) takes for ASCII letters and
digits, less what compatibility decomposition settles, and less ©, ® and ∞; and letters with a stroke.

A bar that may be I or l is the digit one, which may be either.
"""
LOOKALIKES |= {
    chr(first + n): chr(97 + n)
    for first in (0x1F150, 0x1F170, 0x1F1E6, 0x249C)  # circled, squared, regional indicators, parenthesised
    for n in range(26)
}
