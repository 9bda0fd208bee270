using System.Globalization;
using Npgsql;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>What the setting Postgres says of where the database is. Never who asks, nor the password.</summary>
internal static class PostgresAddress
{
    /// <summary>What messages call the database: <c>database roomws at db:5432</c>.</summary>
    public static string Target(string connectionString) => $"database {Place(connectionString)}";

    /// <summary>The same without the word: <c>roomws at db:5432</c>.</summary>
    public static string Place(string connectionString)
    {
        var asked = new NpgsqlConnectionStringBuilder(connectionString);
        var hosts = asked.Host!.Split(',', StringSplitOptions.TrimEntries).Select(host => HasPort(host) ? host : string.Create(CultureInfo.InvariantCulture, $"{host}:{asked.Port}"));
        return $"{asked.Database} at {string.Join(',', hosts)}";
    }

    /// <summary>Why a text is no connection string that says where the database is, and what to write instead; null if it is one. Shows nothing of it.</summary>
    public static string? Fault(string connectionString)
    {
        if (connectionString.Contains("://", StringComparison.Ordinal) && !connectionString.Contains('=', StringComparison.Ordinal))
            return "is a URL; it must be written Host=db;Database=roomws;Username=roomws;Password=…";

        try
        {
            var asked = new NpgsqlConnectionStringBuilder(connectionString);
            if (string.IsNullOrWhiteSpace(asked.Host)) return "has no Host; add Host= and the name or address of PostgreSQL's machine";
            if (string.IsNullOrWhiteSpace(asked.Database)) return "has no Database; add Database= and the name of the database";
            // What does not go together is found only here. It opens no connection.
            using var source = new NpgsqlDataSourceBuilder(connectionString).Build();
            return null;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException or InvalidOperationException or FormatException)
        {
            // The parser's message would repeat a part of a password that has a ; in it.
            return "is no Npgsql connection string; it must be written Host=db;Database=roomws;Username=roomws;Password=…, with double quotes around a value that holds a ;";
        }
    }

    private static bool HasPort(string host)
    {
        var colon = host.LastIndexOf(':');
        if (colon <= 0 || !host[(colon + 1)..].All(char.IsAsciiDigit)) return false;
        // An IPv6 address has colons of its own: only behind its brackets a colon begins a port.
        return host.IndexOf(':', StringComparison.Ordinal) == colon || host[colon - 1] == ']';
    }
}
