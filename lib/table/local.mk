lib_libneap_la_SOURCES += %D%/table.c %D%/cell.c %D%/read.c %D%/csv.c %D%/source.c %D%/csv.h %D%/source.h %D%/impl.h
