using Microsoft.Data.Sqlite;

namespace RoomWs.Tests.Support;

/// <summary>Looks into a database file past the server.</summary>
internal static class SqlRows
{
    static SqlRows() => SQLitePCL.Batteries_V2.Init();

    public static SqliteConnection Open(string path)
    {
        var file = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        file.Open();
        return file;
    }

    public static List<T> Rows<T>(this SqliteConnection file, string sql, Func<SqliteDataReader, T> read)
    {
        using var command = file.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read()) rows.Add(read(reader));
        return rows;
    }

    public static void Run(this SqliteConnection file, string sql)
    {
        using var command = file.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
