using System.Data.Common;
using System.Text;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>Copies the rows of one table from elsewhere, by COPY.</summary>
internal sealed class TableCopy
{
    private readonly NpgsqlConnection _connection;
    private readonly string _table;
    private readonly NpgsqlDbType[] _types;

    /// <summary>Looks at what the table has.</summary>
    public TableCopy(NpgsqlConnection connection, string table)
    {
        (_connection, _table) = (connection, table);
        var columns = connection.Query<(string Name, string Type)>(
            """
            SELECT attname::text, format_type(atttypid, NULL) FROM pg_attribute
            WHERE attrelid = to_regclass(quote_ident(current_schema()) || '.' || quote_ident(@table)) AND attnum > 0 AND NOT attisdropped ORDER BY attnum
            """,
            new { table }).AsList();
        Columns = columns.ConvertAll(column => column.Name);
        _types = [.. columns.Select(column => column.Type switch
        {
            "bigint" => NpgsqlDbType.Bigint,
            "text" => NpgsqlDbType.Text,
            "bytea" => NpgsqlDbType.Bytea,
            _ => throw new InvalidOperationException($"{table}.{column.Name} is {column.Type}, which nothing is copied to yet."),
        }),];
    }

    public IReadOnlyList<string> Columns { get; }

    /// <summary>In how many texts U+FFFD stands where U+0000 stood, which PostgreSQL does not hold.</summary>
    public long Nuls { get; private set; }

    /// <summary>Copies the rows, whose columns are <see cref="Columns"/>.</summary>
    public void Run(DbDataReader rows, MoveProgress progress)
    {
        using var writer = _connection.BeginBinaryImport($"COPY {_table} ({string.Join(", ", Columns)}) FROM STDIN (FORMAT BINARY)");
        writer.Timeout = TimeSpan.Zero;
        var count = 0L;
        while (rows.Read())
        {
            writer.StartRow();
            for (var i = 0; i < _types.Length; i++) Write(writer, rows, i);
            progress.At(_table, ++count);
        }

        writer.Complete();
    }

    private void Write(NpgsqlBinaryImporter writer, DbDataReader rows, int column)
    {
        if (rows.IsDBNull(column))
        {
            writer.WriteNull();
            return;
        }

        switch (_types[column])
        {
            case NpgsqlDbType.Bigint:
                writer.Write(rows.GetInt64(column), NpgsqlDbType.Bigint);
                break;
            case NpgsqlDbType.Text:
                writer.Write(Text(rows.GetFieldValue<byte[]>(column)), NpgsqlDbType.Text);
                break;
            default:
                writer.Write(rows.GetFieldValue<byte[]>(column), NpgsqlDbType.Bytea);
                break;
        }
    }

    /// <summary>Of the bytes: a text could end at its first U+0000.</summary>
    private string Text(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        if (!text.Contains('\0', StringComparison.Ordinal)) return text;
        Nuls++;
        return text.Replace('\0', '\uFFFD');
    }
}
