"""Pure: exports of health services → days. One module per service; `reading` tells whose a file is."""
