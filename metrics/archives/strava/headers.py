"""The names of the columns of a Strava export, in the languages that are known from real exports.

A language that is missing here is read by position. So is a name that Strava changed.
"""

from __future__ import annotations

from metrics.archives.tables.header_columns import index_names

HEADERS = {
    "id": ("id", "Activity ID", "Aktivitäts-ID", "ID de l'activité", "ID de actividad", "ID attività"),
    "date": (
        *("date", "Activity Date", "Aktivitätsdatum", "Date de l'activité", "Fecha de la actividad"),
        *("Data attività", "Data dell'attività", "Datum van activiteit", "Data da atividade"),
        *("Aktivitetsdatum", "Aktivitetsdato", "Data aktywności", "アクティビティ日", "活动日期"),
    ),
    "name": (
        *("name", "Activity Name", "Name der Aktivität", "Nom de l'activité", "Nombre de la actividad"),
        *("Nome attività", "Nome dell'attività", "Naam van activiteit", "Nome da atividade"),
        *("Aktivitetsnamn", "Aktivitetsnavn", "Nazwa aktywności", "アクティビティ名", "活动名称"),
    ),
    "type": (
        *("type", "Activity Type", "Aktivitätsart", "Type d'activité", "Tipo de actividad"),
        *("Tipo di attività", "Type activiteit", "Tipo de atividade", "Aktivitetstyp", "Aktivitetstype"),
        *("Rodzaj aktywności", "アクティビティの種類", "アクティビティタイプ", "活动类型"),
    ),
    "description": (
        *("description", "Activity Description", "Aktivitätsbeschreibung", "Description de l'activité"),
        *("Descripción de la actividad", "Descrizione attività", "Beschrijving van activiteit"),
        *("Descrição da atividade", "Aktivitetsbeskrivning", "Aktivitetsbeskrivelse", "Opis aktywności"),
    ),
    "commute": ("commute", "Pendeln", "Trajet", "Desplazamiento", "Woon-werkverkeer", "Dojazd"),
    "private_note": (
        *("Activity Private Note", "Private Note", "Hinweis zur Privatsphäre für Aktivitäten"),
        *("Note privée de l'activité", "Nota privada de la actividad", "Nota privata attività"),
    ),
    "gear": ("gear", "Activity Gear", "Aktivitätsausrüstung", "Équipement d'activité", "Matériel d'activité"),
    "filename": (
        *("filename", "Dateiname", "Nom du fichier", "Nombre de archivo", "Nome file", "Nome del file"),
        *("Bestandsnaam", "Nome do arquivo", "Nome do ficheiro", "Filnamn", "Filnavn", "Nazwa pliku"),
        *("ファイル名", "文件名", "文件名称"),
    ),
    "elapsed_s": (
        *("elapsed_time", "Elapsed Time", "Verstrichene Zeit", "Temps écoulé", "Tiempo transcurrido"),
        *("Tempo trascorso", "Verstreken tijd", "Tempo decorrido", "Förfluten tid", "Medgået tid"),
        *("Medgått tid", "Forløpt tid", "Czas całkowity", "経過時間", "耗用时间"),
    ),
    "moving_s": (
        *("Moving Time", "Bewegungszeit", "Durée de déplacement", "Temps de déplacement"),
        *("Tiempo en movimiento", "Tempo in movimento", "Beweegtijd", "Tempo de movimentação"),
        *(
            "Tempo em movimento",
            "Tid i rörelse",
            "Bevægelsestid",
            "Tid i bevegelse",
            "Czas ruchu",
            "移動時間",
        ),
    ),
    "distance": (
        *("distance", "Distanz", "Distancia", "Distanza", "Afstand", "Distância", "Distans", "Distanse"),
        *("Dystans", "距離", "距离"),
    ),
    "elevation_gain_m": (
        *("Elevation Gain", "Höhenzunahme", "Dénivelé positif", "Desnivel positivo", "Dislivello positivo"),
        *("Hoogtewinst", "Ganho de elevação", "Höjdökning", "Højdeforøgelse", "Høydeøkning", "獲得標高"),
    ),
    "elevation_loss_m": ("Elevation Loss", "Höhenunterschied", "Dénivelé négatif", "Desnivel negativo"),
    "max_hr_bpm": (
        *("Max Heart Rate", "Max. Herzfrequenz", "Fréquence cardiaque max.", "Frecuencia cardiaca máxima"),
        *(
            "Frequenza cardiaca massima",
            "Max. hartslag",
            "Frequência cardíaca máxima",
            "最大心拍数",
            "最大心率",
        ),
    ),
    "avg_hr_bpm": (
        *("Average Heart Rate", "Durchschnittliche Herzfrequenz", "Fréquence cardiaque moyenne"),
        *("Frecuencia cardiaca media", "Frequenza cardiaca media", "Gemiddelde hartslag"),
        *("Frequência cardíaca média", "平均心拍数", "平均心率"),
    ),
    "avg_cadence": ("Average Cadence", "Durchschnittliche Trittfrequenz", "Cadence moyenne"),
    "calories_kcal": ("Calories", "Kalorien", "Calorías", "Calorie", "Calorieën", "Calorias", "Kalorier"),
    "perceived_effort": (
        *("Perceived Exertion", "Gefühlte Anstrengung", "Effort perçu", "Effort ressenti"),
        *("Esfuerzo percibido", "Sforzo percepito", "Ervaren inspanning", "Esforço percebido"),
    ),
    "is_race": (
        "Competition",
        "Wettkampf",
        "Wettbewerb",
        "Compétition",
        "Competición",
        "Competizione",
        "Race",
    ),
}


FIELD_BY_HEADER = index_names(HEADERS)
EXPORT_BEGINNING = ("id", "date", "name", "type", "description")
"""The first five columns of every Strava export."""
