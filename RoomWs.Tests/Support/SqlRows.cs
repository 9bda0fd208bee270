using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace RoomWs.Tests.Support;

/// <summary>Looks into a database past the server.</summary>
internal static class SqlRows
{
    static SqlRows() => SQLitePCL.Batteries_V2.Init();

    public static SqliteConnection Open(string path)
    {
        var file = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        file.Open();
        return file;
    }

    public static List<T> Rows<T>(this DbConnection database, string sql, Func<DbDataReader, T> read)
    {
        using var command = database.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read()) rows.Add(read(reader));
        return rows;
    }

    /// <summary>A table of the numbers from 1, in its column <c>value</c>.</summary>
    public static string Numbers(int count) =>
        $"(WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < {count}) SELECT value FROM n)";

    /// <summary>A number with zeros before it, in either dialect.</summary>
    public static string Padded(string number, int digits) => $"'{new string('0', digits - 9)}' || substr(CAST(1000000000 + {number} AS TEXT), 2)";

    public static void Run(this DbConnection database, string sql)
    {
        using var command = database.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
