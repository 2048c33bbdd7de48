"""The options of text filters and file programs, as GNU has them (coreutils 9, grep 3, sed 4, diffutils 3)."""

from runbook.checking.commands.options import verbs

OPTIONS = verbs("""
awk: -F,--field-separator= -v,--assign= -f,--file= --version --help
base64: -d,--decode -i,--ignore-garbage -w,--wrap= --help --version
basename: -a,--multiple -s,--suffix= -z,--zero --help --version
cat: -A,--show-all -b,--number-nonblank -e -E,--show-ends -n,--number -s,--squeeze-blank -t -T,--show-tabs -u -v,--show-nonprinting --help --version
chmod: -c,--changes -f,--silent,--quiet -v,--verbose --no-preserve-root --preserve-root --reference= -R,--recursive --help --version
clear:
cmp: -b,--print-bytes -i,--ignore-initial= -l,--verbose -n,--bytes= -s,--quiet --help -v,--version
column: -t,--table -n,--table-name= -O,--table-order= -N,--table-columns= -R,--table-right= -s,--separator= -o,--output-separator= -J,--json -c,--output-width= -x,--fillrows -L,--keep-empty-lines -h,--help -V,--version
comm: -1 -2 -3 --check-order --nocheck-order --output-delimiter= --total -z,--zero-terminated --help --version
cp: -a,--archive --attributes-only --backup? -b --copy-contents -d -f,--force -i,--interactive -H -l,--link -L,--dereference -n,--no-clobber -P,--no-dereference -p --preserve? --no-preserve= --parents -R,-r,--recursive --reflink? --remove-destination --sparse= --strip-trailing-slashes -s,--symbolic-link -S,--suffix= -t,--target-directory= -T,--no-target-directory -u,--update -v,--verbose -x,--one-file-system -Z --context? --help --version
cut: -b,--bytes= -c,--characters= -d,--delimiter= -f,--fields= -n --complement -s,--only-delimited --output-delimiter= -z,--zero-terminated --help --version
date: -d,--date= -f,--file= -I,--iso-8601? -R,--rfc-email --rfc-3339= -r,--reference= -s,--set= -u,--utc,--universal --help --version
df: -a,--all -B,--block-size= -h,--human-readable -H,--si -i,--inodes -k -l,--local --no-sync --output -P,--portability --sync --total -t,--type= -T,--print-type -x,--exclude-type= -v --help --version
diff: --normal -q,--brief -s,--report-identical-files -c -C,--context= -u -U,--unified= -e,--ed -n,--rcs -y,--side-by-side -W,--width= --left-column --suppress-common-lines -p,--show-c-function -F,--show-function-line= --label -t,--expand-tabs -T,--initial-tab --tabsize= --suppress-blank-empty -l,--paginate -r,--recursive --no-dereference -N,--new-file --unidirectional-new-file --ignore-file-name-case --no-ignore-file-name-case -x,--exclude= -X,--exclude-from= -S,--starting-file= --from-file= --to-file= -i,--ignore-case -E,--ignore-tab-expansion -Z,--ignore-trailing-space -b,--ignore-space-change -w,--ignore-all-space -B,--ignore-blank-lines -I,--ignore-matching-lines= -a,--text --strip-trailing-cr -D,--ifdef= --GTYPE-group-format= --line-format= --LTYPE-line-format= -d,--minimal --horizon-lines= --speed-large-files --color? --palette= --help -v,--version
dirname: -z,--zero --help --version
du: -0,--null -a,--all --apparent-size -B,--block-size= -b,--bytes -c,--total -D,--dereference-args -d,--max-depth= --files0-from= -H -h,--human-readable --inodes -k -L,--dereference -l,--count-links -m -P,--no-dereference -S,--separate-dirs --si -s,--summarize -t,--threshold= --time --time= --time-style= -X,--exclude-from= --exclude= -x,--one-file-system --help --version
envsubst: -v,--variables -h,--help -V,--version
file: --help -v,--version -m,--magic-file -z,--uncompress -Z,--uncompress-noreport -b,--brief -c,--checking-printout -e,--exclude --exclude-quiet -f,--files-from -F,--separator -i,--mime --apple --extension --mime-type --mime-encoding -k,--keep-going -l,--list -L,--dereference -h,--no-dereference -n,--no-buffer -N,--no-pad -0,--print0 -p,--preserve-date -P,--parameter -r,--raw -s,--special-files -S,--no-sandbox -C,--compile -d,--debug
fold: -b,--bytes -s,--spaces -w,--width= --help --version
grep: -E,--extended-regexp -F,--fixed-strings -G,--basic-regexp -P,--perl-regexp -e,--regexp= -f,--file= -i,--ignore-case --no-ignore-case -w,--word-regexp -x,--line-regexp -z,--null-data -s,--no-messages -v,--invert-match -V,--version --help -m,--max-count= -b,--byte-offset -n,--line-number --line-buffered -H,--with-filename -h,--no-filename --label= -o,--only-matching -q,--quiet --binary-files= -a,--text -I -d,--directories= -D,--devices= -r,--recursive -R,--dereference-recursive --include= --exclude= --exclude-from= --exclude-dir= -L,--files-without-match -l,--files-with-matches -c,--count -T,--initial-tab -Z,--null -B,--before-context= -A,--after-context= -C,--context= --group-separator= --no-group-separator --colour? -U,--binary -y -U --color? -u
gunzip: -c,--stdout -f,--force -k,--keep -l,--list -q,--quiet -t,--test -v,--verbose
gzip: -c,--stdout -d,--decompress -f,--force -h,--help -k,--keep -l,--list -L,--license -n,--no-name -N,--name -q,--quiet -r,--recursive --rsyncable -S,--suffix= --synchronous -t,--test -v,--verbose -V,--version -1,--fast -9,--best
head: -c,--bytes= -n,--lines= -q,--quiet,--silent -v,--verbose -z,--zero-terminated --help --version
hexdump: -b,--one-byte-octal -c,--one-byte-char -C,--canonical -d,--two-bytes-decimal -x,--two-bytes-hex -e,--format= -n,--length= -s,--skip= -v,--no-squeezing -h,--help -V,--version
hostname: -a,--alias -A,--all-fqdns -b,--boot -d,--domain -f,--fqdn -F,--file= -i,--ip-address -I,--all-ip-addresses -s,--short -y,--yp
id: -a -Z,--context -g,--group -G,--groups -n,--name -r,--real -u,--user -z,--zero --help --version
ln: --backup? -b -d,-F,--directory -f,--force -i,--interactive -L,--logical -n,--no-dereference -P,--physical -r,--relative -s,--symbolic -S,--suffix= -t,--target-directory= -T,--no-target-directory -v,--verbose --help --version
ls: -a,--all -A,--almost-all --author -b,--escape --block-size= -B,--ignore-backups -c -C --color? -d,--directory -D,--dired -f -F,--classify? --file-type --format= --full-time -g --group-directories-first -G,--no-group -h,--human-readable --si -H,--dereference-command-line --dereference-command-line-symlink-to-dir --hide= --hyperlink? --indicator-style= -i,--inode -I,--ignore= -k,--kibibytes -l -L,--dereference -m -n,--numeric-uid-gid -N,--literal -o -p -q,--hide-control-chars --show-control-chars -Q,--quote-name --quoting-style= -r,--reverse -R,--recursive -s,--size -S --sort= --time= --time-style= -t -T,--tabsize= -u -U -v -w,--width= -x -X -Z,--context --zero -1 --help --version
lsof: -i= -n -P -t -p= -a -u= -c=
md5sum: -b,--binary -c,--check --tag -t,--text -z,--zero --ignore-missing --quiet --status --strict -w,--warn --help --version
mkdir: -m,--mode= -p,--parents -v,--verbose -Z --context? --help --version
mktemp: -d,--directory -u,--dry-run -q,--quiet --suffix= -p= --tmpdir? -t --help --version
mv: --backup? -b -f,--force -i,--interactive -n,--no-clobber --strip-trailing-slashes -S,--suffix= -t,--target-directory= -T,--no-target-directory -u,--update -v,--verbose -Z,--context --help --version
nc: -z -v -w= -l -p= -u -n -4 -6
nl: -b,--body-numbering= -d,--section-delimiter= -f,--footer-numbering= -h,--header-numbering= -i,--line-increment= -l,--join-blank-lines= -n,--number-format= -p,--no-renumber -s,--number-separator= -v,--starting-line-number= -w,--number-width= --help --version
nproc: --all --ignore= --help --version
od: -A,--address-radix= -j,--skip-bytes= -N,--read-bytes= -S,--strings? -t,--format= -v,--output-duplicates --traditional --help --version -a -b -c -d -f -i -l -o -s -x
paste: -d,--delimiters= -s,--serial -z,--zero-terminated --help --version
pgrep: -d,--delimiter= -l,--list-name -a,--list-full -v,--inverse -c,--count -f,--full -g,--pgroup= -G,--group= -i,--ignore-case -n,--newest -o,--oldest -P,--parent= -s,--session= -t,--terminal= -u,--euid= -U,--uid= -x,--exact -F,--pidfile= -h,--help -V,--version
pkill: -e,--echo -c,--count -f,--full -g,--pgroup= -G,--group= -i,--ignore-case -n,--newest -o,--oldest -P,--parent= -s,--session= -t,--terminal= -u,--euid= -U,--uid= -x,--exact -F,--pidfile= --signal= -h,--help -V,--version
printenv: -0,--null --help --version
ps: -e -f -A -a -u= -p= -o= -C= -x -l --no-headers --sort= --ppid= --pid= --forest
readlink: -f,--canonicalize -e,--canonicalize-existing -m,--canonicalize-missing -n,--no-newline -q,--quiet -s,--silent -v,--verbose -z,--zero --help --version
realpath: -e,--canonicalize-existing -m,--canonicalize-missing -L,--logical -P,--physical -q,--quiet --relative-to= --relative-base= -s,--strip -z,--zero --help --version
rev:
rm: -f,--force -i -I --interactive? --one-file-system --no-preserve-root --preserve-root -r,-R,--recursive -d,--dir -v,--verbose --help --version
rmdir: --ignore-fail-on-non-empty -p,--parents -v,--verbose --help --version
sed: -n,--quiet,--silent --debug -e,--expression= -f,--file= --follow-symlinks -i,--in-place? -l,--line-length= --posix -E,-r,--regexp-extended -s,--separate --sandbox -u,--unbuffered -z,--null-data --help --version
seq: -f,--format= -s,--separator= -w,--equal-width --help --version
sha256sum: -b,--binary -c,--check --tag -t,--text -z,--zero --ignore-missing --quiet --status --strict -w,--warn --help --version
sort: -b,--ignore-leading-blanks -d,--dictionary-order -f,--ignore-case -g,--general-numeric-sort -i,--ignore-nonprinting -M,--month-sort -h,--human-numeric-sort -n,--numeric-sort -R,--random-sort --random-source= -r,--reverse --sort= -V,--version-sort --batch-size= -c,--check? -C --compress-program= --debug --files0-from= -k,--key= -m,--merge -o,--output= -s,--stable -S,--buffer-size= -t,--field-separator= -T,--temporary-directory= --parallel= -u,--unique -z,--zero-terminated --help --version
ss: -h,--help -V,--version -n,--numeric -r,--resolve -a,--all -l,--listening -o,--options -e,--extended -m,--memory -p,--processes -i,--info -s,--summary -4,--ipv4 -6,--ipv6 -t,--tcp -u,--udp -w,--raw -x,--unix -H,--no-header -O,--oneline
stat: -L,--dereference -f,--file-system --cached= -c,--format= --printf= -t,--terse --help --version
tac: -b,--before -r,--regex -s,--separator= --help --version
tail: -c,--bytes= -f,--follow? -F -n,--lines= --max-unchanged-stats= --pid= -q,--quiet --retry -s,--sleep-interval= -v,--verbose -z,--zero-terminated --help --version
tar: -c,--create -x,--extract -t,--list -r,--append -u,--update -f,--file= -C,--directory= -z,--gzip -j,--bzip2 -J,--xz -v,--verbose -p,--preserve-permissions -O,--to-stdout -k,--keep-old-files -T,--files-from= -X,--exclude-from= --exclude= --strip-components= -h,--dereference -a,--auto-compress --zstd --numeric-owner --owner= --group= --mtime= --sort= --wildcards --help --version
tee: -a,--append -i,--ignore-interrupts -p --output-error? --help --version
touch: -a -c,--no-create -d,--date= -f -h,--no-dereference -m -r,--reference= -t= --time= --help --version
tr: -c,-C,--complement -d,--delete -s,--squeeze-repeats -t,--truncate-set1 --help --version
uname: -a,--all -s,--kernel-name -n,--nodename -r,--kernel-release -v,--kernel-version -m,--machine -p,--processor -i,--hardware-platform -o,--operating-system --help --version
uniq: -c,--count -d,--repeated -D --all-repeated? -f,--skip-fields= --group? -i,--ignore-case -s,--skip-chars= -u,--unique -z,--zero-terminated -w,--check-chars= --help --version
wc: -c,--bytes -m,--chars -l,--lines --files0-from= -L,--max-line-length -w,--words --help --version
which: -a -s
whoami: --help --version
xxd: -a -b -c= -e -g= -i -l= -p -r -s= -u -o=
yes:
""")
