lib_libneap_la_SOURCES += \
	%D%/cell.c %D%/cell.h %D%/chart.c %D%/chart.h %D%/check.c %D%/document.c %D%/html.c \
	%D%/html.h %D%/html_style.c %D%/impl.h %D%/layout.c %D%/layout.h %D%/node.c %D%/path.c \
	%D%/scale.c %D%/scale.h %D%/svg.c %D%/svg.h %D%/svg_bars.c %D%/svg_lines.c %D%/svg_paths.c %D%/tables.c \
	%D%/time_axis.c %D%/utf8.c %D%/write.c %D%/write_csv.c %D%/write_html.c %D%/write_json.c \
	%D%/write_markdown.c %D%/write_table.c %D%/write_text.c
